// Lists: moving by keys, the preview beside the list, ticked rows.
import { sayPolitely } from "./say";
import { htmx } from "./swaps";

const restFor = 250;
let resting = 0;

function links(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("[data-rows] .hb-row__link")];
}

export function moveInList(step: number): boolean {
  const all = links();
  if (all.length === 0) return false;
  const here = all.findIndex((a) => a === document.activeElement || a.closest("tr, li")?.contains(document.activeElement));
  const chosen = all.findIndex((a) => a.getAttribute("aria-current") === "true");
  const from = here >= 0 ? here : chosen >= 0 && step > 0 ? chosen - 1 : chosen;
  const next = all[Math.min(all.length - 1, Math.max(0, from + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  window.clearTimeout(resting);
  // The preview follows only when the person rests on a row: arrowing past ten rows must not ask for ten previews.
  resting = window.setTimeout(() => {
    if (document.activeElement === next) htmx.trigger(next, "hb:rest", {});
  }, restFor);
  return true;
}

// openRow opens the full page of the row in focus.
export function openRow(): boolean {
  const link = links().find((a) => a === document.activeElement);
  if (!link) return false;
  window.location.assign(link.dataset.full ?? link.href);
  return true;
}

export function startLists(): void {
  for (const form of document.querySelectorAll<HTMLElement>("[data-ticks]")) {
    const update = () => countTicks(form);
    form.addEventListener("change", (event) => {
      const all = event.target as HTMLInputElement;
      if (all.matches("[data-tick-all]")) for (const box of boxes(form)) box.checked = all.checked;
      update();
    });
    update();
  }
  let byHand = false;
  document.body.addEventListener("htmx:configRequest", (event) => {
    const from = (event as CustomEvent).detail;
    if (from.target?.id === "preview") {
      byHand = from.triggeringEvent?.type === "click";
      from.target.setAttribute("aria-busy", "true");
    }
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    const preview = document.getElementById("preview");
    const ref = preview?.dataset.ref;
    if (!preview || !ref) return;
    markChosen(ref);
    if (!byHand) return;
    byHand = false;
    document.querySelector("[data-split]")?.classList.add("hb-split--opened");
    sayPolitely(`Preview: ${ref}`, true);
    // On a narrow screen the preview took the place of the list, and with it the focus.
    if (links().every((a) => a.getClientRects().length === 0)) preview.focus();
  });
}

function markChosen(ref: string): void {
  for (const row of document.querySelectorAll(".hb-row")) {
    const chosen = row.id === `row-${ref}`;
    row.classList.toggle("hb-row--chosen", chosen);
    const link = row.querySelector(".hb-row__link");
    if (chosen) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
  }
}

function boxes(form: HTMLElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>('input[type="checkbox"][name]')];
}

function countTicks(form: HTMLElement): void {
  const n = boxes(form).filter((b) => b.checked).length;
  form.querySelector(".hb-ticked")?.classList.toggle("hb-ticked--some", n > 0);
  const words = form.querySelector("[data-tick-count]");
  if (words) words.textContent = `With ${n} ticked:`;
}
