/* Draws the diagram of a nomination in each div.diagram of the page and paints where it stands.

   <div class="diagram" role="group" aria-label="..."
        data-diagram="address of the BPMN file"
        data-process="id of the process to show"      only when the file holds several
        data-visited="ids of visited elements"        separated by spaces, like the next two
        data-flows="ids of the flows taken"
        data-current="ids of the current steps"
        data-repeats='{"element": 2}'                 visits, where more than one
        data-here="Đang ở bước này"                   plate under a current step
        data-failed="Chưa tải được sơ đồ."            said in place of the diagram
   ><p class="diagram-text">...</p></div>
   <p data-diagrams hidden><button type="button" data-address="address of another file" aria-pressed="false">...</button></p>
   <p class="diagram-legend"><button type="button" class="btn btn-small" data-diagram-fit aria-pressed="false" hidden>...</button></p>

   Ids that the file lacks are passed over: a picture that cannot be painted whole is still better than none.
   Nothing here changes or covers the mark of bpmn.io in the lower right corner. */

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const FONT = '"Be Vietnam Pro", "Noto Sans", "DejaVu Sans", sans-serif';
const READABLE = 0.75; // a scale at which the names of steps can be read
const EDGE = 24; // free room around the whole diagram, in its own units; the plate under a step needs it
const MARK = 40; // pixels at the lower edge kept for the mark of bpmn.io when the whole diagram is shown
const SAME_SIZE = { min: 1, max: 1.25 }; // of what we write beside a step, however small the diagram is shown

const words = (text) => (text ?? "").split(/\s+/).filter(Boolean);

const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
const under = (step) => ({ left: step.width / 2, top: step.height + 6 });
const corner = (step) => ({ left: step.width, top: 0 });

function note(className, text) {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  return element;
}

class Diagram {
  constructor(box) {
    this.box = box;
    this.whole = false;
    this.viewer = new NavigatedViewer({
      container: box,
      textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 13 }, externalStyle: { fontFamily: FONT, fontSize: 12 } },
      zoomScroll: { enabled: false },
    });
    this.canvas = this.viewer.get("canvas");
    this.registry = this.viewer.get("elementRegistry");
    // A wheel over the box scrolls the page; only someone who has stepped into the diagram scrolls and zooms it.
    this.viewer.on("canvas.focus.changed", ({ focused }) => this.viewer.get("zoomScroll").toggle(focused));
  }

  async draw() {
    await this.load(this.box.dataset.diagram);
    new ResizeObserver(() => this.follow()).observe(this.box);
  }

  async load(diagram) {
    const { process } = this.box.dataset;
    const response = await fetch(diagram, { headers: { Accept: "application/xml" } });
    if (!response.ok) throw new Error(`${diagram}: ${response.status}`);
    const xml = await response.text();
    // Labels are wrapped by measured width: the fonts must be there before the first is drawn.
    await Promise.all(["400", "600"].map((weight) => document.fonts.load(`${weight} 13px "Be Vietnam Pro"`, "Quyết định")));
    await document.fonts.ready;
    await this.viewer.importXML(xml);
    if (process) await this.open(process);
    this.box.classList.add("diagram-drawn");
    this.paint();
    this.follow();
  }

  async open(process) {
    const plane = this.viewer.getDefinitions().diagrams.find((each) => each.plane.bpmnElement?.id === process);
    if (plane) await this.viewer.open(plane);
  }

  paint() {
    const { visited, flows, current, repeats, here } = this.box.dataset;
    this.mark(words(visited), "visited");
    this.mark(words(flows), "taken");
    this.current = this.mark(words(current), "current");
    const overlays = this.viewer.get("overlays");
    for (const step of this.current) {
      if (here) overlays.add(step, { position: under(step), scale: SAME_SIZE, html: note("diagram-plate", here) });
    }
    for (const [id, times] of Object.entries(JSON.parse(repeats || "{}"))) {
      const step = this.registry.get(id);
      if (step && times > 1) {
        overlays.add(step, { position: corner(step), scale: SAME_SIZE, html: note("diagram-repeat", `×${times}`) });
      }
    }
  }

  mark(ids, marker) {
    const found = ids.map((id) => this.registry.get(id)).filter(Boolean);
    for (const element of found) this.canvas.addMarker(element, marker);
    return found;
  }

  /** Show the whole diagram when it can be read so or was asked for, else the current step in the middle. */
  follow() {
    this.canvas.resized();
    const { inner, outer } = this.canvas.viewbox();
    if (!outer.width || !outer.height) return; // a box that is folded away has no place for anything yet
    const free = outer.height - MARK;
    const whole = Math.min(1, outer.width / (inner.width + 2 * EDGE), free / (inner.height + 2 * EDGE));
    const [step] = this.current;
    if (this.whole || !step || whole >= READABLE) this.show(middle(inner), whole, free / 2);
    else this.show(middle(step), READABLE, outer.height / 2);
  }

  /** Put a point of the diagram in the middle of the box, `top` pixels from its upper edge. */
  show(point, scale, top) {
    const { outer } = this.canvas.viewbox();
    const [width, height] = [outer.width / scale, outer.height / scale];
    this.canvas.viewbox({ x: point.x - width / 2, y: point.y - top / scale, width, height });
  }
}

function offerWhole(diagram) {
  const button = diagram.box.nextElementSibling?.querySelector("[data-diagram-fit]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    diagram.whole = !diagram.whole;
    button.setAttribute("aria-pressed", String(diagram.whole));
    diagram.follow();
  });
}

/** Let the reader see the diagrams of the processes that this one calls or is called from. */
function offerOthers(diagram) {
  const others = diagram.box.parentElement.querySelector("[data-diagrams]");
  if (!others) return;
  others.hidden = false;
  others.addEventListener("click", async ({ target }) => {
    const chosen = target.closest("button");
    if (!chosen) return;
    await diagram.load(chosen.dataset.address);
    for (const each of others.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === chosen));
  });
}

for (const box of document.querySelectorAll(".diagram[data-diagram]")) {
  const diagram = new Diagram(box);
  diagram.draw().then(
    () => {
      offerWhole(diagram);
      offerOthers(diagram);
    },
    (error) => {
      console.error(error);
      diagram.viewer.destroy();
      box.replaceChildren(note("diagram-text", box.dataset.failed ?? ""));
    },
  );
}
