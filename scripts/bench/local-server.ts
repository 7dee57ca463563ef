/** Measures `npm start` with many nodes: what it takes at rest, and whether its time keeps its speed in a storm. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface LocalServerLoad {
  readonly nodes: number;
  /** How many of them are interrupted at once, at speed 10. */
  readonly interrupted: number;
  /** CPU time at rest and at speed 1, as a share of one core. */
  readonly idleShare: number;
  /** Simulated seconds in a second while they are replaced; 10 if the machine keeps up. */
  readonly stormSpeed: number;
  /** How many are not ACTIVE on another instance after ten simulated minutes. */
  readonly notReplaced: number;
}

/** In a process of its own. Takes some minutes. @throws Error if it cannot be measured */
export function localServerLoad(nodes: number, interrupted: number): LocalServerLoad {
  const program = [join(__dirname, 'local-process.ts'), String(nodes), String(interrupted)];
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', ...program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm start cannot be measured: ${stderr}`);
  return JSON.parse(stdout) as LocalServerLoad;
}
