/** Measures the CPU time of one seed of the fault simulation: `npm run simulate`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { V8_OPTIONS } from '../../fault-simulation/batch';

export interface SeedCost {
  readonly seeds: number;
  /** CPU time on this machine, in milliseconds: the mean of the seeds. Excludes what is done once for all seeds. */
  readonly cpuMs: number;
}

/** In a process like the simulation's own workers. @throws Error if a seed cannot be played */
export function seedCost(seeds: number): SeedCost {
  const program = [join(__dirname, 'seed-cost-process.ts'), String(seeds)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...V8_OPTIONS, '--import', 'tsx', ...program], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The seeds cannot be played: ${stderr}`);
  return { seeds, cpuMs: Number(stdout) };
}
