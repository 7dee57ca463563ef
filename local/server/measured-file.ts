/** Reads the file of `--latencies`: a report of `npm run smoke`, or a file with the same `simulator` object. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { measuredSettingsSchema, type MeasuredSettings } from '../../simulator/ec2/measured-settings';

/** The other fields of a report say how it was measured. */
const fileSchema = z.object({ simulator: measuredSettingsSchema });

/** Ends the start with a message for the user. */
export class UnusableMeasurements extends Error {
  override readonly name = 'UnusableMeasurements';
}

/** @throws UnusableMeasurements with every problem */
export async function readMeasuredFile(path: string): Promise<MeasuredSettings> {
  const { data, error } = fileSchema.safeParse(parsed(path, await textOf(path)));
  if (data !== undefined) return data.simulator;
  const problems = error.issues.flatMap(problemsOf).map((problem) => `\n  - ${problem}`);
  throw new UnusableMeasurements(`--latencies cannot use ${path}:${problems.join('')}`);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UnusableMeasurements(`--latencies cannot read ${path}: ${String(error)}`);
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnusableMeasurements(`--latencies cannot use ${path}: it is not JSON; give a report of npm run smoke`);
  }
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key} does not exist; leave it out`);
  return [`${path === '' ? 'the file' : path}: ${issue.message}`];
}
