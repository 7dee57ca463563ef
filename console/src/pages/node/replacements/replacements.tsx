/** The operations of a node: each can be opened, and shows its timeline and its way through the state machine. */
import { useState, type ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { OPERATION_KINDS, type Operation, type OperationKind } from '../../../api/node-types';
import { useNow } from '../../../app/clock';
import { Problem } from '../../../app/problem';
import { when } from '../../../app/time-text';
import { isMoving, type NodeTabProps } from '../node-tab';
import { awayText, instancesText, keyOfOperation, KIND_NAMES, lengthOf, starterText } from './operation-text';
import { OperationView } from './operation-view';
import { useOperations } from './use-operations';
import './replacements.css';

const ALL = { value: 'all', label: 'All operations' };
const KINDS = [ALL, ...OPERATION_KINDS.map((value) => ({ value, label: `${KIND_NAMES[value]}s only` }))];

export default function Replacements({ node }: NodeTabProps): ReactNode {
  const [kind, setKind] = useState<OperationKind | undefined>(undefined);
  return (
    <SpaceBetween size="m">
      <div className="hf-operations-tools">
        <Select
          ariaLabel="Which operations"
          selectedOption={KINDS.find(({ value }) => value === (kind ?? ALL.value)) ?? ALL}
          onChange={({ detail }) => setKind(OPERATION_KINDS.find((each) => each === detail.selectedOption.value))}
          options={KINDS}
        />
        <span className="hf-hint">Newest first. Operations are kept for 90 days.</span>
      </div>
      <OperationList key={kind ?? ALL.value} node={node} kind={kind} />
    </SpaceBetween>
  );
}

function OperationList({ node, kind }: NodeTabProps & { readonly kind: OperationKind | undefined }): ReactNode {
  const { list, error, refresh, more, isReadingMore } = useOperations(node.id, kind, isMoving(node));
  // Until the reader chooses, the newest one is open.
  const [opened, setOpened] = useState<ReadonlySet<string> | undefined>(undefined);
  const [newest] = list ?? [];
  const open = opened ?? new Set(newest === undefined ? [] : [keyOfOperation(newest)]);
  const toggle = (key: string, isOpen: boolean): void =>
    setOpened(new Set(isOpen ? [...open, key] : [...open].filter((each) => each !== key)));
  return (
    <SpaceBetween size="m">
      <Problem error={error} header="The operations cannot be read" isOld={list !== undefined} onRetry={refresh} />
      {list === undefined && error === undefined && <Spinner size="large" />}
      {list?.length === 0 && <p className="hf-facts-empty">There were no such operations in the last 90 days.</p>}
      {list?.map((operation) => {
        const key = keyOfOperation(operation);
        return (
          <Entry
            key={key}
            nodeId={node.id}
            operation={operation}
            isOpen={open.has(key)}
            onToggle={(isOpen) => toggle(key, isOpen)}
          />
        );
      })}
      {more !== undefined && (
        <Button loading={isReadingMore} onClick={more}>
          Show older ones
        </Button>
      )}
    </SpaceBetween>
  );
}

const OUTCOMES: Readonly<Record<NonNullable<Operation['outcome']>, readonly [StatusIndicatorProps.Type, string]>> = {
  succeeded: ['success', 'Succeeded'],
  failed: ['error', 'Failed'],
  cancelled: ['stopped', 'Cancelled'],
};

interface EntryProps {
  readonly nodeId: string;
  readonly operation: Operation;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

const SECOND_MS = 1_000;
const NEVER_MS = 2 ** 31 - 1;

function Entry({ nodeId, operation, isOpen, onToggle }: EntryProps): ReactNode {
  const { kind, startedBy, startedAt, outcome, errorName } = operation;
  const now = useNow(outcome === null ? SECOND_MS : NEVER_MS);
  const [type, text] = outcome === null ? (['in-progress', 'Under way'] as const) : OUTCOMES[outcome];
  return (
    <ExpandableSection
      variant="container"
      expanded={isOpen}
      onChange={({ detail }) => onToggle(detail.expanded)}
      headingTagOverride="h2"
      headerText={
        <span className="hf-operation-title">
          {KIND_NAMES[kind]}: {starterText(startedBy)}
          <StatusIndicator type={type}>{errorName === null ? text : `${text}: ${errorName}`}</StatusIndicator>
        </span>
      }
      headerDescription={[
        when(startedAt),
        `took ${lengthOf(operation, now)}`,
        `address away: ${awayText(operation, now)}`,
        instancesText(operation),
      ].join(' · ')}
    >
      {isOpen && <OperationView nodeId={nodeId} operation={operation} now={now} />}
    </ExpandableSection>
  );
}
