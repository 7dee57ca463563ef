/** Asks before something is lost. */
import { flag } from './arguments';
import type { Context } from './context';
import { Failed, Misused } from '../failures';

export const confirmOptions = { yes: flag('Do not ask for a confirmation.', { short: 'y' }) };

/**
 * @param question ends with a question mark
 * @throws Failed if the user says no, Misused if there is no user to ask
 */
export async function confirm(
  { shell: { stdin, stderr } }: Context,
  { yes }: { readonly yes?: boolean | undefined },
  question: string,
): Promise<void> {
  if (yes === true) return;
  if (!stdin.isTTY || !stderr.isTTY) throw new Misused(['--yes is needed, because there is no terminal to ask on']);
  const answer = await stdin.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failed('Nothing was changed.');
}
