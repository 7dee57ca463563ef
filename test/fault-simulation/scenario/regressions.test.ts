/** Scenarios that failed once must pass. */
import { synthesize } from '../../../local/synthesize';
import { REGRESSIONS } from '../../../fault-simulation/scenario/regressions';
import { runScenario } from '../../../fault-simulation/run';

test.each(REGRESSIONS)('$name', async ({ scenario }) => {
  const { violations } = await runScenario(scenario, await synthesize());
  expect(violations).toEqual([]);
});
