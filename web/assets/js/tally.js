/* A table of inputs: how many of the ticked rows have which outcome, counted while one chooses.

   form[data-tally] > select[data-outcome] in each row, the one of all rows named "all.outcome"; [data-outcome-count=VALUE] > b shows
   the figure and stays hidden while it is 0. */

function update(form) {
  const common = form.elements["all.outcome"]?.value ?? "";
  const counts = new Map();
  for (const box of form.querySelectorAll("tbody input.pick")) {
    if (!box.checked) continue;
    const value = form.elements[`${box.value}.outcome`]?.value || common;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  for (const place of form.querySelectorAll("[data-outcome-count]")) {
    const count = counts.get(place.dataset.outcomeCount) ?? 0;
    place.hidden = count === 0;
    place.querySelector("b").textContent = String(count);
  }
}

export function tally(form) {
  form.addEventListener("change", () => update(form));
  update(form);
}
