/** Carries out an action on some nodes, and says above the page what came of it. */
import { useCallback } from 'react';
import { ApiError } from '../api/errors';
import { useNotices } from '../app/notices';
import { useConnection } from '../session/session';
import { ACTION_NAMES, perform, type NodeAction } from './node-action';

export interface ActionTarget {
  readonly id: string;
  readonly name: string;
}

/** Requests at once. The stage accepts 100 a second, over all clients. */
const AT_ONCE = 8;

export function useActions(
  onDone: () => void,
): (action: NodeAction, targets: readonly ActionTarget[]) => Promise<void> {
  const connection = useConnection();
  const notices = useNotices();
  return useCallback(
    async (action, targets) => {
      const { imperative, past } = ACTION_NAMES[action.kind];
      const key = `${action.kind} ${targets.map(({ id }) => id).join(' ')}`;
      const what = targets.length === 1 ? targets[0]!.name : `${targets.length} nodes`;
      notices.show(key, { type: 'info', content: `${imperative} ${what}: sent to the API`, isLoading: true });
      const refused: string[] = [];
      const waiting = [...targets];
      const work = async (): Promise<void> => {
        for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
          try {
            await perform(connection, target.id, action);
          } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            refused.push(`${target.name}: ${error.message}`);
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (refused.length === 0) notices.show(key, { type: 'success', content: `${what} ${past}.` });
      else {
        const header = `${imperative}: ${refused.length} of ${targets.length} refused`;
        notices.show(key, { type: 'error', header, content: refused.map((line) => <div key={line}>{line}</div>) });
      }
      onDone();
    },
    [connection, notices, onDone],
  );
}
