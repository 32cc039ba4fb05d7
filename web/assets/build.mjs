/* Builds the assets of the pages: web/assets -> web/static/dist. Run by kt.py, or by `npm run build`.

   Every file has a hash of its content in its name, so a page may tell browsers to keep it for ever; manifest.json maps the name
   that templates use ("app.css") to the file ("app-XXXXXXXX.css"). Beside each text stands its .gz, and in licenses/ the
   licence of each package of which something is shipped. Nothing is left behind when a step fails. */

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const assets = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(assets));
const dist = join(root, "web", "static", "dist");
const fresh = `${dist}.new`;

const ENTRIES = ["js/app.js", "js/viewer.js", "css/app.css", "css/viewer.css"];
const COPIES = ["favicon.svg"];

async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.map((file) => join(assets, file)),
    outdir: fresh,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "fonts/[name]-[hash]",
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    loader: { ".woff2": "file" },
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
  });
  return result.metafile;
}

/** Name used in templates -> file in dist. */
function manifestOf(metafile) {
  const files = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) files[basename(output.entryPoint)] = basename(path);
  }
  return files;
}

async function copyWithHash(name) {
  const content = await readFile(join(assets, name));
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const target = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  await writeFile(join(fresh, target), content);
  return target;
}

/** Copy the licence of each package of which a file went into the bundles. */
async function copyLicences(metafile) {
  const packages = new Set();
  for (const path of Object.keys(metafile.inputs)) {
    const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
  await mkdir(join(fresh, "licenses"));
  for (const name of [...packages].sort()) {
    const folder = join(root, "node_modules", name);
    const text = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    if (!text) throw new Error(`${name} has no licence text`);
    await cp(join(folder, text), join(fresh, "licenses", `${name.replace("@", "").replace("/", "-")}.txt`));
  }
}

async function compress(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || ![".js", ".css", ".svg", ".txt"].includes(extname(entry.name))) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
  }
}

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const metafile = await bundle();
const manifest = manifestOf(metafile);
for (const name of COPIES) manifest[name] = await copyWithHash(name);
await copyLicences(metafile);
await compress(fresh);
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(dist, { recursive: true, force: true });
await rename(fresh, dist);
