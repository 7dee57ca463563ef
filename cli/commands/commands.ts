/** Every command. To add one, write its file and name it here: help, parsing and completion follow from it. */
import type { Command } from '../command-line/command';
import { actions } from './actions';
import { completionCommand } from './completion';
import { consoleCommand } from './console';
import { costs } from './costs';
import { create } from './create';
import { deleteNode } from './delete';
import { edit } from './edit';
import { importCancel, importInstance, importStatus } from './imports';
import { list } from './list';
import { log } from './log';
import { deployment, rebuild } from './recovery';
import { deleteResource, resources } from './resources';
import { show } from './show';
import { simulatorCommands } from './simulator';
import { status } from './status';
import { deleteVolume } from './volumes';

/** The words that only begin commands. */
export const groups: Readonly<Record<string, string>> = {
  resources: 'What nodes consist of, and what deleted nodes left behind',
  simulator: 'Change the simulated account of `npm start`',
  volumes: 'Volumes that instances left behind',
};

const nodeCommands: readonly Command[] = [
  list,
  status,
  show,
  log,
  create,
  edit,
  ...actions,
  deleteNode,
  importInstance,
  importStatus,
  importCancel,
  costs,
  deleteVolume,
  resources,
  deleteResource,
  deployment,
  rebuild,
  consoleCommand,
  ...simulatorCommands,
];

export const commands: readonly Command[] = [...nodeCommands, completionCommand(nodeCommands, groups)];
