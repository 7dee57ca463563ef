/** The steps of an operation in a table: the same that the timeline draws. */
import type { ReactNode } from 'react';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Operation, OperationStep } from '../../../api/node-types';
import { FactsTable, type FactsColumn } from '../../../app/facts-table';
import { duration, Time } from '../../../app/times';

const LOOKS: Readonly<Record<NonNullable<OperationStep['outcome']>, readonly [StatusIndicatorProps.Type, string]>> = {
  done: ['success', 'Done'],
  retried: ['warning', 'Tried again'],
  failed: ['error', 'Failed'],
};

export function StepOutcome({ step: { outcome, errorName } }: { readonly step: OperationStep }): ReactNode {
  const [type, text] = outcome === null ? (['in-progress', 'Under way'] as const) : LOOKS[outcome];
  return <StatusIndicator type={type}>{errorName === null ? text : `${text}: ${errorName}`}</StatusIndicator>;
}

const SECOND_MS = 1_000;

export function lengthOfStep({ enteredAt, leftAt }: OperationStep): string {
  return leftAt === null ? '–' : duration((Date.parse(leftAt) - Date.parse(enteredAt)) / SECOND_MS);
}

const COLUMNS: readonly FactsColumn<OperationStep>[] = [
  { header: 'State', cell: ({ state, step }) => state ?? step },
  { header: 'Entered', cell: ({ enteredAt }) => <Time at={enteredAt} /> },
  { header: 'Took', cell: lengthOfStep },
  { header: 'Outcome', cell: (step) => <StepOutcome step={step} /> },
];

export function StepList({ operation }: { readonly operation: Operation }): ReactNode {
  return (
    <FactsTable
      label="Steps"
      columns={COLUMNS}
      rows={operation.steps}
      idOf={({ enteredAt, step }, index) => `${enteredAt} ${step} ${index}`}
      empty="No step has been recorded yet."
    />
  );
}
