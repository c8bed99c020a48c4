// Announcements for screen readers. Live events may speak once in half a minute; the outcome of a person's own action speaks at once.
const quietFor = 30_000;
let lastLive = -quietFor;

function put(id: string, text: string): void {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  // A region must change after it was emptied, or the same words twice are said once.
  window.requestAnimationFrame(() => (region.textContent = text.trim()));
}

export function sayPolitely(text: string, ownAction = false): void {
  const now = performance.now();
  if (!ownAction) {
    if (now - lastLive < quietFor) return;
    lastLive = now;
  }
  put("live-polite", text);
}

export function sayNow(text: string): void {
  put("live-alert", text);
}
