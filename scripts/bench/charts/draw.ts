/** Draws the charts as SVG. The same figures give the same text: without `canvas`, Vega estimates the widths of texts. */
import { mkdirSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from '../measure';
import { figures, figuresOf, merged, NO_FIGURES, type Figures } from './figures';
import { chartsOf } from './specs';

export interface Drawing {
  /** Of its file. */
  readonly name: string;
  readonly svg: string;
}

export const CHARTS_DIRECTORY = 'docs/charts';
const FIGURES_FILE = 'figures.json';

/** Loads Vega only here, because that takes a second. */
export async function draw(of: Figures): Promise<readonly Drawing[]> {
  const [{ compile }, { View, parse, Warn }] = await Promise.all([import('vega-lite'), import('vega')]);
  return Promise.all(
    chartsOf(of).map(async ({ name, spec }) => {
      const view = new View(parse(compile(spec).spec), { renderer: 'none', logLevel: Warn });
      const svg = await view.toSVG();
      view.finalize();
      return { name: `${name}.svg`, svg: `${svg}\n` };
    }),
  );
}

/**
 * Adds what was measured to the figures in the directory, and draws all of them.
 * @returns the paths of the files that were written
 * @throws Error if the directory's figures cannot be read
 */
export async function updateCharts(measured: Measured, directory: string): Promise<readonly string[]> {
  mkdirSync(directory, { recursive: true });
  const all = merged(readFigures(directory), figuresOf(measured));
  const drawings = await draw(all);
  const files = [...drawings.map(({ name, svg }) => ({ name, text: svg })), { name: FIGURES_FILE, text: textOf(all) }];
  return files.map(({ name, text }) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  });
}

/** @throws Error if the file is no figures */
export function readFigures(directory: string): Figures {
  const path = join(directory, FIGURES_FILE);
  if (!existsSync(path)) return NO_FIGURES;
  try {
    return figures.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Error(`${path} holds no figures of an earlier run: delete it, and measure again`, { cause });
  }
}

/** A storm or a window on each line, so that a change shows what has changed. */
function textOf({ storms, windows }: Figures): string {
  const lines = (each: readonly object[]) => each.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  return `{\n  "storms": [\n${lines(storms)}\n  ],\n  "windows": [\n${lines(windows)}\n  ]\n}\n`;
}
