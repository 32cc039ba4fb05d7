/* What every page does beyond plain HTML. Each page works without this file: links are links, forms are sent whole.

   [data-toggle]            a button that opens what it controls (aria-expanded; the style sheet does the rest)
   details[data-menu]       closes on Escape and on a press outside
   [data-focus]             takes the focus when the page opens (the summary of errors)
   .error-summary a         puts the focus into the field it names, so that one can type at once
   [data-when]              field of a form that is asked only for some answers of another field
   button[data-follows]     whose words follow the chosen outcome
   form[data-draft]         whose answers are kept while one types, see drafts.js
   input[data-largest]      a file of more bytes is not taken; [data-too-large] names the sentence that says so
   form[data-tally]         counts the chosen outcomes of a table, see tally.js
   input[data-pick-all]     ticks all rows of its form; [data-picked] shows how many are ticked */

import htmx from "htmx.org";
import { followAnswers } from "./answers.js";
import { keepDraft } from "./drafts.js";
import { tally } from "./tally.js";

// The CSP forbids evaluated code and inline styles; htmx would use both.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
// A form that comes back with errors, or a task that someone else has taken, is an answer to show.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "409|422", swap: true, error: false },
  { code: "...", swap: false, error: true },
];

function onToggle(event) {
  const button = event.target.closest("[data-toggle]");
  if (button) button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
}

function goToField(event) {
  const link = event.target.closest(".error-summary a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  const control = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
  (control ?? target).focus();
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.type === "click" && !menu.contains(event.target)) {
      menu.open = false;
    }
  }
}

/** The rows' tick boxes of a form, wherever they stand: the rows of a list may hold forms of their own. */
function ticksOf(form) {
  return [...form.elements].filter((control) => control.matches("tbody input.pick"));
}

function countPicked(form) {
  const boxes = ticksOf(form);
  const ticked = boxes.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-picked]")) place.textContent = String(ticked);
  const all = [...form.elements].find((control) => control.matches("input[data-pick-all]"));
  if (all) {
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
}

function onPick(event) {
  const box = event.target.closest("input.pick");
  if (!box?.form) return;
  if (box.matches("[data-pick-all]")) {
    for (const other of ticksOf(box.form)) other.checked = box.checked;
  }
  countPicked(box.form);
}

function checkSize(event) {
  const input = event.target.closest("input[data-largest]");
  if (!input) return;
  const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
  document.getElementById(input.dataset.tooLarge).hidden = !tooLarge;
  if (tooLarge) input.value = "";
}

/** Say in the strip under the header that a part of the page could not be loaded; the old rows stay. */
function sayLoadFailed() {
  const text = document.body.dataset.loadFailed;
  const strip = document.getElementById("flashes");
  if (!text || !strip) return;
  const flash = document.createElement("p");
  flash.className = "flash flash-error";
  flash.setAttribute("role", "alert");
  flash.textContent = text;
  strip.replaceChildren(flash);
}

function prepare(root) {
  for (const form of root.querySelectorAll("form")) {
    followAnswers(form);
    if (form.matches("[data-tally]")) tally(form);
    if (form.matches("[data-draft]")) keepDraft(form);
    if (ticksOf(form).length) countPicked(form);
  }
}

document.addEventListener("click", onToggle);
document.addEventListener("click", goToField);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("change", onPick);
document.addEventListener("change", checkSize);
document.addEventListener("htmx:responseError", sayLoadFailed);
document.addEventListener("htmx:sendError", sayLoadFailed);
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));

prepare(document);
document.querySelector("[data-focus]")?.focus();
