/** The menu of actions on the selected nodes, or on one. */
import { useState, type ReactNode } from 'react';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { Confirmation } from './confirmation';
import type { NodeAction } from './node-action';
import { useActions, type ActionTarget } from './use-actions';

export interface OtherAction {
  readonly id: string;
  readonly text: string;
  readonly disabledReason?: string | undefined;
  readonly onChoose: () => void;
}

export interface ActionsMenuProps {
  readonly targets: readonly (ActionTarget & { readonly status: string })[];
  readonly others?: readonly OtherAction[];
  /** Called when the API has answered. */
  readonly onDone: () => void;
}

const KINDS = ['resume', 'pause', 'recycle', 'delete'] as const;
const NAMES = { resume: 'Resume', pause: 'Pause', recycle: 'Recycle', delete: 'Delete' } as const;

export function ActionsMenu({ targets, others = [], onDone }: ActionsMenuProps): ReactNode {
  const [asked, setAsked] = useState<NodeAction['kind'] | undefined>(undefined);
  const run = useActions(onDone);
  const choose = (id: string): void => {
    const other = others.find((each) => each.id === id);
    if (other !== undefined) return other.onChoose();
    // A resume ends nothing, so no confirmation is needed.
    if (id === 'resume') return void run({ kind: 'resume' }, targets);
    setAsked(id as NodeAction['kind']);
  };
  return (
    <>
      <ButtonDropdown
        onItemClick={({ detail }) => choose(detail.id)}
        items={[
          ...others.map(({ id, text, disabledReason }) => ({
            id,
            text,
            disabled: disabledReason !== undefined,
            ...(disabledReason !== undefined && { disabledReason }),
          })),
          ...KINDS.map((kind) => {
            const disabledReason = whyNot(kind, targets);
            return {
              id: kind,
              text: NAMES[kind],
              disabled: disabledReason !== undefined,
              ...(disabledReason !== undefined && { disabledReason }),
            };
          }),
        ]}
      >
        Actions
      </ButtonDropdown>
      {asked !== undefined && (
        <Confirmation
          kind={asked}
          targets={targets}
          onCancel={() => setAsked(undefined)}
          onConfirm={(action) => {
            setAsked(undefined);
            void run(action, targets);
          }}
        />
      )}
    </>
  );
}

/** Why an action would do nothing. The API accepts every action at any time, so this is only to save a click. */
function whyNot(kind: NodeAction['kind'], targets: ActionsMenuProps['targets']): string | undefined {
  if (targets.length === 0) return 'Select a node first.';
  const areAll = (...statuses: readonly string[]): boolean => targets.every(({ status }) => statuses.includes(status));
  const [subject, be] = targets.length === 1 ? ['The node', 'is'] : ['All selected nodes', 'are'];
  if (areAll('DEALLOCATING')) return `${subject} ${be} being deleted.`;
  if (kind === 'pause' && areAll('PAUSED')) return `${subject} ${be} paused already.`;
  if (kind === 'resume' && areAll('ACTIVE')) return `${subject} ${be} active already.`;
  return undefined;
}
