/** How everything that the smoke test makes can be told from everything else. */

/** Its value is the run's id. Holdfast keeps the prefix `holdfast:` for itself. */
export const RUN_TAG = 'holdfast-smoke-test';

/** The name of a node, and of the role and the template that interrupt it. */
export function nameOf(runId: string, attachment: string): string {
  return `holdfast-smoke-${runId}-${attachment}`;
}
