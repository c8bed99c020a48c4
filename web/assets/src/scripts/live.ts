// Live events. One tab holds the connection for all tabs of the browser: over plain HTTP/1.1 a browser allows six connections to a
// host, and seven open enquiries would otherwise stop every page. Events carry ids only; elements that care ask for themselves.
import { sayNow, sayPolitely } from "./say";
import { htmx } from "./swaps";

const kinds = ["item.added", "enquiry.changed", "presence", "counts", "mailbox.state", "alert.safety", "hold.sent", "guard.register"];
const gather = 800;
const lostAfter = 10_000;
const lost = "Live updates have stopped. The page still works. Reload to see new mail.";

type Live = { kind: string; data: string };

export function startLive(): void {
  const url = document.body.dataset.events;
  if (!url || document.body.dataset.quiet === "on" || !("EventSource" in window)) return;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("hearback-live") : null;
  channel?.addEventListener("message", (event) => receive(event.data as Live));
  if (channel && navigator.locks) {
    // The lock is held for as long as the tab lives; when it closes, the next tab in the queue takes over.
    void navigator.locks.request("hearback-live", () => new Promise<never>(() => connect(url, channel)));
  } else {
    connect(url, null);
  }
  document.body.addEventListener("htmx:afterSettle", afterSettle);
}

function connect(url: string, channel: BroadcastChannel | null): void {
  const source = new EventSource(url);
  let timer = 0;
  source.addEventListener("open", () => window.clearTimeout(timer));
  source.addEventListener("error", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => sayPolitely(lost), lostAfter);
  });
  for (const kind of kinds) {
    source.addEventListener(kind, (event) => {
      const live = { kind, data: (event as MessageEvent<string>).data };
      receive(live);
      channel?.postMessage(live);
    });
  }
}

const waiting = new Set<Element>();
let timer = 0;

function receive(live: Live): void {
  let ref = "";
  try {
    ref = String((JSON.parse(live.data || "{}") as { e?: string }).e ?? "");
  } catch {
    return; // not one of our events
  }
  if (live.kind === "alert.safety") sayNow("A safety alert is open in Duty.");
  if (live.kind === "guard.register") recheck();
  for (const el of document.querySelectorAll<HTMLElement>(`[data-live~="${live.kind}"]`)) {
    const only = el.dataset.liveRef;
    if (only && ref && only !== ref) continue;
    waiting.add(el);
  }
  // A burst of mail is one question to the server, not fifty.
  if (!timer && waiting.size > 0) {
    timer = window.setTimeout(() => {
      timer = 0;
      const now = [...waiting];
      waiting.clear();
      for (const el of now) if (el.isConnected) htmx.trigger(el, "hb:live", {});
    }, gather);
  }
}

// Someone's rights changed while a reply is open: the check has to run again although nothing was typed.
function recheck(): void {
  document.querySelector("form[data-check]")?.dispatchEvent(new Event("change"));
}

function afterSettle(event: Event): void {
  const el = event.target as HTMLElement;
  const bar = el.id === "newbar" ? el.querySelector<HTMLElement>("[data-say]") : null;
  if (bar) sayPolitely(bar.dataset.say ?? "");
  if (el.id === "view-counts" && el.dataset.title) document.title = el.dataset.title;
}
