/** Copies the built console into a folder, in a process of its own: synthesis is synchronous, and the build is not. */
import { cpSync } from 'node:fs';
import { buildConsole } from './build';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: command.ts FOLDER');
void buildConsole().then((built) => cpSync(built, folder, { recursive: true }));
