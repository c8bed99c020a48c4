// What a parser of JavaScript reads in letters: one line of JSON a file. The first argument is the parser.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: PostalMime } = await import(pathToFileURL(process.argv[2]).href);
const lines = (s) => (s ?? "").replaceAll("\r\n", "\n");
const people = (list) => (list ?? []).map((a) => [a.name ?? "", a.address]);
const ids = (s) => (s ?? "").split(/\s+/).filter(Boolean);

for (const path of process.argv.slice(3)) {
  const m = await PostalMime.parse(readFileSync(path));
  console.log(JSON.stringify({
    from: people([m.from]), to: people(m.to), reply_to: people(m.replyTo), subject: m.subject ?? "",
    id: ids(m.messageId), answers: ids(m.inReplyTo), references: ids(m.references),
    auto: m.headers.find((h) => h.key === "auto-submitted")?.value ?? "", date: Math.floor(new Date(m.date).getTime() / 1000),
    text: lines(m.text), html: lines(m.html),
    files: m.attachments.map((a) => ({
      name: a.filename ?? "", type: a.mimeType, inline: a.disposition === "inline", cid: (a.contentId ?? "").replace(/^<|>$/g, ""),
      sha256: createHash("sha256").update(Buffer.from(a.content)).digest("hex"),
    })),
  }));
}
