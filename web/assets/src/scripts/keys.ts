// The keyboard map. Single keys work only when the person switched them on and no field has the focus, and none of them sends,
// releases, deletes or finishes anything. Ctrl+Enter sends in a reply only; Ctrl+S saves in every form.
import { leaveComposer, saveForm, sendReply } from "./compose";
import { moveInList, openRow } from "./lists";

const sequenceFor = 1500;

export function startKeys(): void {
  let pending = "";
  let pendingSince = 0;

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      chord(event);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      escape(event);
      return;
    }
    if (document.documentElement.dataset.shortcuts !== "on" || inField(event.target)) return;
    const now = performance.now();
    if (pending === "g" && now - pendingSince < sequenceFor) {
      pending = "";
      if (go(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "g") {
      pending = "g";
      pendingSince = now;
      return;
    }
    if (single(event.key)) event.preventDefault();
  });
}

function chord(event: KeyboardEvent): void {
  if (event.key === "Enter" && sendReply(event.target)) event.preventDefault();
  if (event.key.toLowerCase() === "s" && saveForm(event.target)) event.preventDefault();
}

function escape(event: KeyboardEvent): void {
  const open = (event.target as Element | null)?.closest?.("details[open]");
  if (open) {
    (open as HTMLDetailsElement).open = false;
    open.querySelector("summary")?.focus();
    return;
  }
  if (leaveComposer(event.target)) event.preventDefault();
}

function inField(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null;
  if (!el || !el.tagName) return false;
  if (el.isContentEditable || el.tagName === "TEXTAREA" || el.tagName === "SELECT") return true;
  return el.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes((el as HTMLInputElement).type);
}

function go(key: string): boolean {
  if (key === "b") {
    window.location.assign("/inbox?sort=due");
    return true;
  }
  const link = document.querySelector<HTMLAnchorElement>(`a[data-go="${CSS.escape(key)}"]`);
  link?.click();
  return link !== null;
}

function single(key: string): boolean {
  switch (key) {
    case "/":
      document.getElementById("q")?.focus();
      return true;
    case "?":
      window.location.assign("/help/keys");
      return true;
    case "j":
      return moveInList(1);
    case "k":
      return moveInList(-1);
    case "o":
      return openRow() || press("o");
    case "x":
      return pressFix();
  }
  return press(key);
}

// press works the first visible control that declares the key. A control that would send is never declared.
function press(key: string): boolean {
  for (const el of document.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)) {
    if (el.getClientRects().length === 0) continue;
    el.click();
    return true;
  }
  return false;
}

function pressFix(): boolean {
  const within = document.activeElement?.closest(".hb-finding, .hb-stop") ?? document;
  const fix = within.querySelector<HTMLElement>("[data-fix]");
  fix?.click();
  return fix !== null;
}
