// Tells the server who is looking at or writing on an enquiry, so that two officers do not answer the same mail.
const every = 15_000;

export function startPresence(): void {
  const url = document.querySelector<HTMLElement>("[data-presence]")?.dataset.presence;
  if (!url) return;
  let doing = "viewing";
  const tell = (what: string) => navigator.sendBeacon(url, new URLSearchParams({ doing: what }));
  tell(doing);
  window.setInterval(() => {
    if (document.visibilityState === "visible") tell(doing);
  }, every);
  document.querySelector("[data-compose-text]")?.addEventListener(
    "input",
    () => {
      doing = "writing";
      tell(doing);
    },
    { once: true },
  );
  window.addEventListener("pagehide", () => tell("left"));
}
