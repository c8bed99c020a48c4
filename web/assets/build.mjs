// Builds the stylesheet and the script into dist/, which the Go program embeds. Two builds of the same sources give the same bytes.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import esbuild from "esbuild";
import * as sass from "sass";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const dist = join(here, "dist");

// Parts of the design systems that belong to GOV.UK alone: its typeface and the royal arms. The build fails rather than ship them.
const notOurs = [/GDS Transport/i, /crown/i, /crest/i, /royal/i];

function refuseBranding(name, text) {
  for (const word of notOurs) {
    const at = text.search(word);
    if (at >= 0) throw new Error(`${name} holds ${word}: …${text.slice(Math.max(0, at - 60), at + 60)}…`);
  }
}

// Rules that name a crest come with the design systems' footer; nothing here uses them.
function withoutCrest(css) {
  return css.replace(/[^{}]*\{[^{}]*crest[^{}]*\}/gi, "");
}

async function styles() {
  const out = sass.compile(join(here, "src/styles/app.scss"), {
    loadPaths: [here, join(here, "node_modules")],
    quietDeps: true,
    style: "expanded",
  });
  const min = await esbuild.transform(withoutCrest(out.css), { loader: "css", minify: true, legalComments: "none" });
  refuseBranding("app.css", min.code);
  await writeFile(join(dist, "app.css"), min.code);
}

async function scripts() {
  await esbuild.build({
    entryPoints: [join(here, "src/scripts/app.ts")],
    outfile: join(dist, "app.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2020"],
    legalComments: "none",
    logLevel: "warning",
  });
  refuseBranding("app.js", await readFile(join(dist, "app.js"), "utf8"));
}

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== ".keep") await rm(join(dist, name), { recursive: true });
}
await Promise.all([styles(), scripts(), copyFile(join(here, "src/favicon.svg"), join(dist, "favicon.svg"))]);
