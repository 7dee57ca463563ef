/** What is known of a state: when the operation was in it, how that came out, and what the definition says of it. */
import { useState, type ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { Operation, OperationStep } from '../../../api/node-types';
import { Time } from '../../../app/times';
import type { Definition } from './machine/definition';
import { StateData } from './state-data';
import { lengthOfStep, StepOutcome } from './step-list';

interface StateDetailsProps {
  /** Of a state, or of a step that an earlier version recorded without its state. */
  readonly name: string;
  readonly nodeId: string;
  readonly operation: Operation;
  readonly definition: Definition;
  readonly steps: readonly OperationStep[];
  readonly onClose: () => void;
}

export function StateDetails({ name, nodeId, operation, definition, steps, onClose }: StateDetailsProps): ReactNode {
  const [showsData, setShowsData] = useState(false);
  const state = definition.States[name];
  return (
    <section className="hf-state-details" aria-label={`State ${name}`}>
      <div className="hf-state-details-head">
        <strong>{name}</strong>
        <Button variant="icon" iconName="close" ariaLabel="Close the details of the state" onClick={onClose} />
      </div>
      {steps.map((step) => (
        <div key={step.enteredAt} className="hf-operation-facts">
          <StepOutcome step={step} />
          <span>
            entered <Time at={step.enteredAt} />
          </span>
          {step.leftAt !== null && (
            <span>
              left <Time at={step.leftAt} />
            </span>
          )}
          {step.leftAt !== null && <span>took {lengthOfStep(step)}</span>}
        </div>
      ))}
      {steps.length === 0 && (
        <div className="hf-hint">
          {state?.Type === 'Task'
            ? 'Not entered in this operation.'
            : 'Choices, waits and ends leave no record of their own.'}
        </div>
      )}
      {state !== undefined && (
        <ExpandableSection
          headerText="Input and output"
          headingTagOverride="h4"
          expanded={showsData}
          onChange={({ detail }) => setShowsData(detail.expanded)}
        >
          {showsData && <StateData nodeId={nodeId} operation={operation} name={name} />}
        </ExpandableSection>
      )}
      {state !== undefined && (
        <ExpandableSection headerText={`Definition (${state.Type})`} headingTagOverride="h4">
          <pre className="hf-definition" tabIndex={0} aria-label={`Definition of ${name}`}>
            {JSON.stringify(state, null, 2)}
          </pre>
        </ExpandableSection>
      )}
    </section>
  );
}
