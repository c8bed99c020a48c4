// Writing: drafts kept on the server, the check while typing, and the two keys. Nothing of a text is ever stored in the browser.
import { sayNow, sayPolitely } from "./say";
import { morph } from "./swaps";

const saveAfter = 2_000;
const saveAtMost = 5_000;
const checkAfter = 1_500;
const complainAfter = 30_000;

const composers = new WeakMap<HTMLFormElement, Composer>();

class Composer {
  private dirty = false;
  private saving: Promise<void> | null = null;
  private saveTimer = 0;
  private checkTimer = 0;
  private lastSave = 0;
  private failingSince = 0;
  private complained = false;
  private checkCount = 0;

  constructor(private readonly form: HTMLFormElement) {
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("focusout", () => void this.save());
    form.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.saveOnLeave();
    });
    window.addEventListener("pagehide", () => this.saveOnLeave());
  }

  private changed(): void {
    this.dirty = true;
    window.clearTimeout(this.saveTimer);
    const since = performance.now() - this.lastSave;
    this.saveTimer = window.setTimeout(() => void this.save(), Math.max(saveAfter, saveAtMost - since));
    if (!this.form.dataset.check) return;
    window.clearTimeout(this.checkTimer);
    this.checkTimer = window.setTimeout(() => void this.check(), checkAfter);
  }

  // save posts the form to the draft address. One save at a time: the revision of the last is part of the next.
  async save(): Promise<void> {
    const state = document.getElementById("draft-state");
    const url = state?.dataset.draftUrl;
    if (!this.dirty || !url) return;
    if (this.saving) return this.saving;
    window.clearTimeout(this.saveTimer);
    this.dirty = false;
    this.saving = this.post(url)
      .then((html) => this.saved(html))
      .catch(() => this.notSaved())
      .finally(() => (this.saving = null));
    return this.saving;
  }

  private saved(html: string): void {
    this.lastSave = performance.now();
    this.failingSince = 0;
    this.complained = false;
    const state = document.getElementById("draft-state");
    if (state) morph(state, html);
    const rev = document.getElementById("draft-state")?.dataset.rev;
    const field = this.form.querySelector<HTMLInputElement>('input[name="draft_rev"]');
    if (rev && field) field.value = rev;
  }

  private notSaved(): void {
    this.dirty = true;
    const now = performance.now();
    if (!this.failingSince) this.failingSince = now;
    const state = document.getElementById("draft-state");
    const words = "Not saved. Trying again";
    if (state) state.textContent = words;
    if (!this.complained && now - this.failingSince > complainAfter) {
      this.complained = true;
      sayNow(words);
    }
    this.saveTimer = window.setTimeout(() => void this.save(), saveAtMost);
  }

  private async check(): Promise<void> {
    const url = this.form.dataset.check;
    const old = document.getElementById("verdict");
    if (!url || !old) return;
    const mine = ++this.checkCount;
    const before = `${old.dataset.level}/${old.dataset.count}`;
    let html: string;
    try {
      html = await this.post(url);
    } catch {
      return; // the check runs again on Send, which refuses when it cannot
    }
    const now = document.getElementById("verdict");
    if (mine !== this.checkCount || !now) return;
    morph(now, html);
    const verdict = document.getElementById("verdict");
    const off = verdict?.dataset.level === "stopped" || verdict?.dataset.level === "cannot";
    const send = this.form.querySelector("[data-send]");
    if (off) send?.setAttribute("aria-disabled", "true");
    else send?.removeAttribute("aria-disabled");
    if (`${verdict?.dataset.level}/${verdict?.dataset.count}` !== before) {
      sayPolitely(verdict?.querySelector("h2")?.textContent ?? "", true);
    }
  }

  private async post(url: string): Promise<string> {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(new FormData(this.form) as never),
      headers: { "HX-Request": "true" },
      credentials: "same-origin",
    });
    // 409, 422 and 503 carry a fragment that says what is wrong, in the same place.
    if (!answer.ok && ![409, 422, 503].includes(answer.status)) throw new Error(String(answer.status));
    return answer.text();
  }

  private saveOnLeave(): void {
    const url = document.getElementById("draft-state")?.dataset.draftUrl;
    if (!this.dirty || !url) return;
    this.dirty = false;
    navigator.sendBeacon(url, new URLSearchParams(new FormData(this.form) as never));
  }

  private submitted(event: SubmitEvent): void {
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      const finding = document.querySelector<HTMLElement>(".hb-finding") ?? document.getElementById("verdict");
      finding?.focus();
      finding?.scrollIntoView({ block: "nearest" });
      void this.check();
      return;
    }
    // Two quick presses are one intention.
    if (this.form.dataset.sent) {
      event.preventDefault();
      return;
    }
    this.form.dataset.sent = "yes";
    this.dirty = false;
    window.clearTimeout(this.saveTimer);
    window.clearTimeout(this.checkTimer);
  }
}

export function startCompose(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-compose]")) composers.set(form, new Composer(form));
  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-compose]")) delete form.dataset.sent;
  });
}

function formOf(target: EventTarget | null): HTMLFormElement | null {
  return (target as Element | null)?.closest?.("form") ?? document.querySelector<HTMLFormElement>("form[data-compose]");
}

// sendReply presses the button that sends, in a reply only. In a note it says why nothing happened.
export function sendReply(target: EventTarget | null): boolean {
  const form = formOf(target);
  if (form?.dataset.compose === "note") {
    sayPolitely("Notes are saved with Ctrl+S. Nothing was sent.", true);
    return true;
  }
  if (form?.dataset.compose !== "reply") return false;
  const send = form.querySelector<HTMLButtonElement>("[data-send]");
  if (send) form.requestSubmit(send);
  return true;
}

// saveForm presses the button that saves; in a reply that keeps the draft.
export function saveForm(target: EventTarget | null): boolean {
  const form = formOf(target);
  const save = form?.querySelector<HTMLButtonElement>("[data-save]");
  if (!form || !save) return false;
  form.requestSubmit(save);
  return true;
}

// leaveComposer keeps the draft and goes back to the page it was opened from.
export function leaveComposer(target: EventTarget | null): boolean {
  const back = document.querySelector<HTMLAnchorElement>('a[data-key="Escape"]');
  const form = formOf(target);
  if (!back || !form?.dataset.compose) return false;
  const composer = composers.get(form);
  void (composer?.save() ?? Promise.resolve()).finally(() => window.location.assign(back.href));
  return true;
}
