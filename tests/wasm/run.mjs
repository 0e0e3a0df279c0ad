// Compares the fingerprints that WebAssembly computes with the native ones: node run.mjs TEST.wasm GOLDEN.txt
import { readFileSync } from "node:fs";

const [wasm, golden] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(wasm));
const { memory, text, text_len } = instance.exports;
const from = text();
const got = new TextDecoder().decode(new Uint8Array(memory.buffer, from, text_len())).trim().split("\n");
const expected = readFileSync(golden, "utf8").trim().split("\n");

const differing = expected.filter((line, i) => line !== got[i]);
for (const line of differing) console.error(`WebAssembly differs from: ${line}`);
console.log(`${got.length - differing.length} runs are the same in WebAssembly, ${differing.length} differ`);
process.exit(differing.length === 0 && got.length === expected.length ? 0 : 1);
