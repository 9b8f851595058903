// Runs a WebAssembly program that needs nothing of its surroundings. A panic in it is an error here.
import { readFile } from "node:fs/promises";

const program = await readFile(process.argv[2]);
const { instance } = await WebAssembly.instantiate(program, {});
instance.exports.main(0, 0);
console.log("wasm32: ok");
