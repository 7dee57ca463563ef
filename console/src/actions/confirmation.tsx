/** Asks before an action that ends an instance, and says what will be lost. */
import { useState, type ReactNode } from 'react';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Deletion, NodeAction } from './node-action';
import { ACTION_NAMES } from './node-action';
import type { ActionTarget } from './use-actions';

export interface ConfirmationProps {
  readonly kind: NodeAction['kind'];
  readonly targets: readonly ActionTarget[];
  readonly onConfirm: (action: NodeAction) => void;
  readonly onCancel: () => void;
}

const CONSEQUENCES: Readonly<Record<NodeAction['kind'], string>> = {
  pause:
    'The instance is terminated. What is only in its memory or on volumes that end with it is lost. The interface, the private IP, ' +
    'the MAC address and the Elastic IP stay.',
  resume: 'An instance is launched with the same interface and addresses.',
  recycle:
    'The instance is replaced with the present configuration. What is only in its memory or on volumes that end with it is lost. The ' +
    'interface and its addresses move to the new instance.',
  delete: 'The node no longer exists for any request after this. It cannot be undone.',
};
const WORD = 'confirm';
const DEFAULT: Deletion = {
  shouldTerminateInstance: true,
  shouldDeleteNetworkInterfaces: false,
  shouldDeleteVolumes: false,
};

export function Confirmation({ kind, targets, onConfirm, onCancel }: ConfirmationProps): ReactNode {
  const [deletion, setDeletion] = useState<Deletion>(DEFAULT);
  const [typed, setTyped] = useState('');
  const { imperative } = ACTION_NAMES[kind];
  const what = targets.length === 1 ? targets[0]!.name : `${targets.length} nodes`;
  const isDeletion = kind === 'delete';
  const isReady = !isDeletion || typed.trim() === WORD;
  const confirm = (): void => onConfirm(isDeletion ? { kind, deletion } : { kind });
  return (
    <Modal
      visible
      header={`${imperative} ${what}?`}
      closeAriaLabel="Cancel"
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!isReady} onClick={confirm}>
              {imperative}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        {targets.length > 1 && <Names targets={targets} />}
        <Alert type={isDeletion ? 'warning' : 'info'}>{CONSEQUENCES[kind]}</Alert>
        {isDeletion && <DeletionFields deletion={deletion} onChange={setDeletion} />}
        {isDeletion && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (isReady) confirm();
            }}
          >
            <FormField label={`To delete, type ${WORD}`}>
              <Input
                value={typed}
                onChange={({ detail }) => setTyped(detail.value)}
                placeholder={WORD}
                autoComplete="off"
                autoFocus
              />
            </FormField>
          </form>
        )}
      </SpaceBetween>
    </Modal>
  );
}

/** More names than this say no more. */
const MOST_NAMES = 10;

function Names({ targets }: Pick<ConfirmationProps, 'targets'>): ReactNode {
  const more = targets.length - MOST_NAMES;
  return (
    <Box>
      {targets
        .slice(0, MOST_NAMES)
        .map(({ name }) => name)
        .join(', ')}
      {more > 0 && ` and ${more} more`}
    </Box>
  );
}

interface DeletionFieldsProps {
  readonly deletion: Deletion;
  readonly onChange: (deletion: Deletion) => void;
}

function DeletionFields({ deletion, onChange }: DeletionFieldsProps): ReactNode {
  const { shouldTerminateInstance, shouldDeleteNetworkInterfaces, shouldDeleteVolumes } = deletion;
  return (
    <SpaceBetween size="s">
      <Checkbox
        checked={shouldTerminateInstance}
        onChange={({ detail }) => onChange({ ...deletion, shouldTerminateInstance: detail.checked })}
        description="If not, the instance is left running, and keeps its interface, its volumes and the Elastic IP."
      >
        Terminate the instance
      </Checkbox>
      <Checkbox
        checked={shouldDeleteNetworkInterfaces}
        disabled={!shouldTerminateInstance}
        onChange={({ detail }) => onChange({ ...deletion, shouldDeleteNetworkInterfaces: detail.checked })}
        description="The private IP and the MAC address are lost for good. The Elastic IP stays allocated."
      >
        Delete the network interface
      </Checkbox>
      <Checkbox
        checked={shouldDeleteVolumes}
        disabled={!shouldTerminateInstance}
        onChange={({ detail }) => onChange({ ...deletion, shouldDeleteVolumes: detail.checked })}
        description="The volumes that the node's instances have left, or leave now, are deleted with their data."
      >
        Delete the volumes
      </Checkbox>
    </SpaceBetween>
  );
}
