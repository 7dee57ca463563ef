/**
 * Stands in for local/synthesize.ts (jest.config.cjs). Each test file has modules of its own, so each would load the CDK and
 * synthesise the same template again, which takes seconds. Here the first file of a run that needs the template makes it, and
 * the others read it. The next run makes it again, from the sources of then.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as App from '../../infra/app';
import { TEMPLATE_FOLDER } from './template-folder';

let template: unknown;

export async function synthesize(): Promise<unknown> {
  return sharedTemplate();
}

/** The template of the deployment with its default choices. */
export function sharedTemplate(): unknown {
  template ??= readOrMake(process.env[TEMPLATE_FOLDER]);
  return template;
}

function readOrMake(folder: string | undefined): unknown {
  if (folder === undefined) throw new Error(`${TEMPLATE_FOLDER} is not set: jest.config.cjs names no globalSetup`);
  const file = join(folder, 'template.json');
  if (!existsSync(file)) {
    // The CDK is loaded only here.
    const { synthesizeTemplate } = jest.requireActual<typeof App>('../../infra/app');
    // Two processes may make it at the same time. Each moves a whole file into place.
    const own = join(folder, `${process.pid}.json`);
    writeFileSync(own, JSON.stringify(synthesizeTemplate()));
    renameSync(own, file);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
