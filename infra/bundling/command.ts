/** Bundles one function, in a process of its own: synthesis is synchronous, and esbuild's plugins are not. */
import { bundleFunction } from './bundle';

const [entry, outfile] = process.argv.slice(2);
if (entry === undefined || outfile === undefined) throw new Error('usage: command.ts ENTRY OUTFILE');
void bundleFunction(entry, outfile);
