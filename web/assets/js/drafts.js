/* Keeps what is typed in form[data-draft=ADDRESS]: 2 s after an answer is chosen, every 20 s while one types, before another form of
   the page is sent, and when the page is left.

   [data-draft-said] says when it was kept last (data-failed: that it was not). [data-draft-ended] says that one must log in again;
   the page stays as it is, and saving goes on as soon as somebody has logged in in another tab. */

const SOON = 2_000, EVERY = 20_000;
const AT_ONCE = { "HX-Request": "true" };

/** Take the token of the present session from a page that only says that one is logged in. */
async function renewToken() {
  const answer = await fetch("/login/again", { headers: AT_ONCE });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]').content;
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
  return true;
}

class Draft {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-draft-said]");
    this.ended = form.querySelector("[data-draft-ended]");
    this.typing = false; // something was typed since the last saving
    this.sending = false; // the form itself is on its way
    this.passing = false; // another form of the page goes on after saving
    this.timer = this.due = 0;
  }

  later(wait) {
    this.typing = true;
    this.sending = false; // whoever types on is still here
    const due = Date.now() + wait;
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.save(), wait);
  }

  get body() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") body.append(name, value);
    return body;
  }

  post() {
    return fetch(this.form.dataset.draft, { method: "POST", headers: AT_ONCE, body: this.body });
  }

  /** Return whether nothing typed is left unsaved. */
  async save() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.typing || this.sending) return true;
    this.typing = false;
    let answer = null;
    try {
      answer = await this.post();
      if (answer.status === 400 && (await renewToken())) answer = await this.post();
    } catch {
      answer = null; // no connection: tried again later
    }
    this.ended.hidden = answer?.status !== 401;
    if (answer?.ok) {
      this.said.textContent = await answer.text();
      return true;
    }
    this.said.textContent = answer?.status === 401 ? "" : this.said.dataset.failed;
    this.later(EVERY);
    return false;
  }

  /** The page is being left or hidden: what was typed goes with the last request a page may send. */
  leave() {
    if (!this.typing || this.sending) return;
    if (navigator.sendBeacon(this.address, this.body)) this.typing = false;
  }

  get address() {
    const address = new URL(this.form.dataset.draft, location.href);
    address.searchParams.set("leaving", "1");
    return address;
  }
}

export function keepDraft(form) {
  if (form.keepsDraft) return;
  form.keepsDraft = true;
  const draft = new Draft(form);
  form.addEventListener("input", () => draft.later(EVERY));
  form.addEventListener("change", () => draft.later(SOON));
  document.addEventListener("submit", async (event) => {
    if (event.defaultPrevented || draft.passing) return;
    if (event.target === form) {
      draft.sending = true;
    } else if (draft.typing) {
      event.preventDefault();
      const { target, submitter } = event;
      draft.passing = (await draft.save()) || draft.ended.hidden;
      if (draft.passing) target.requestSubmit(submitter);
    }
  });
  window.addEventListener("pagehide", () => draft.leave());
  window.addEventListener("pageshow", () => (draft.sending = false));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") draft.leave();
    else if (!draft.ended.hidden) draft.save();
  });
  window.addEventListener("focus", () => draft.ended.hidden || draft.save());
}
