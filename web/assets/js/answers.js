/* Forms that follow what is answered in them: fields asked only for some answers, a button that says what will happen.

   A field of an earlier step may stand in data-when too (a name that no control of this form has): the server has then already
   decided whether to show the field, and it is left alone. */

function answerOf(form, name) {
  const controls = [...form.elements].filter((control) => control.name === name);
  if (controls.length === 0) return undefined;
  const chosen = controls.find((control) => !/^(radio|checkbox)$/.test(control.type) || control.checked);
  return chosen ? chosen.value : "";
}

function showField(field, shown) {
  field.hidden = !shown;
  // What is not asked is not sent; what was typed stays in the page, should the answer change back.
  for (const control of field.querySelectorAll("input, select, textarea")) control.disabled = !shown;
}

function update(form) {
  for (const field of form.querySelectorAll("[data-when]")) {
    const answer = answerOf(form, field.dataset.when);
    if (answer !== undefined) showField(field, field.dataset.whenValues.split(" ").includes(answer));
  }
  for (const button of form.querySelectorAll("button[data-follows]")) {
    const words = form.querySelector(`input[name="${CSS.escape(button.dataset.follows)}"]:checked`)?.dataset.button;
    if (!button.dataset.plain) button.dataset.plain = button.textContent;
    button.textContent = words ?? button.dataset.plain;
  }
}

const following = new WeakSet();

export function followAnswers(form) {
  if (following.has(form)) return;
  if (!form.querySelector("[data-when], button[data-follows]")) return;
  following.add(form);
  form.addEventListener("change", () => update(form));
  update(form);
}
