/** One operation: its timeline, its way through the state machine, and what is known of the step that is chosen. */
import { useMemo, useState, type ReactNode } from 'react';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import definitions from 'virtual:definitions';
import type { Operation } from '../../../api/node-types';
import { useIsNarrow } from '../../../app/narrow';
import { MachineChart } from './machine/machine-chart';
import { wayOf } from './machine/way';
import { StateDetails } from './state-details';
import { StepList } from './step-list';
import { timelineOf } from './timeline/timeline';
import { spanText, TimelineChart } from './timeline/timeline-chart';

interface OperationViewProps {
  readonly nodeId: string;
  readonly operation: Operation;
  readonly now: Date;
}

export function OperationView({ nodeId, operation, now }: OperationViewProps): ReactNode {
  const isNarrow = useIsNarrow();
  const timeline = useMemo(() => timelineOf(operation, now), [operation, now]);
  if (isNarrow) {
    return (
      <SpaceBetween size="m">
        <Lanes timeline={timeline} />
        <StepList operation={operation} />
      </SpaceBetween>
    );
  }
  return <Charts nodeId={nodeId} operation={operation} timeline={timeline} />;
}

interface ChartsProps {
  readonly nodeId: string;
  readonly operation: Operation;
  readonly timeline: ReturnType<typeof timelineOf>;
}

function Charts({ nodeId, operation, timeline }: ChartsProps): ReactNode {
  const definition = definitions[operation.kind];
  const way = useMemo(() => wayOf(definition, operation), [definition, operation]);
  // Until the reader chooses: where it is, or where it failed.
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const selected = (chosen === undefined ? (way.current ?? way.failed) : chosen) ?? undefined;
  const select = (name: string): void => setChosen(name === selected ? null : name);
  return (
    <SpaceBetween size="m">
      <Box variant="h3">Timeline</Box>
      <TimelineChart timeline={timeline} selected={selected} onSelect={select} />
      <ExpandableSection headerText="The steps as a list" headingTagOverride="h3">
        <StepList operation={operation} />
      </ExpandableSection>
      <Box variant="h3">State machine</Box>
      <span className="hf-hint">
        Blue is the way that was taken. A dot means that errors of the state can lead to the state with the same dot.
      </span>
      <MachineChart definition={definition} way={way} selected={selected} onSelect={select} />
      {selected !== undefined && (
        <StateDetails
          name={selected}
          nodeId={nodeId}
          operation={operation}
          definition={definition}
          steps={operation.steps.filter(({ state, step }) => (state ?? step) === selected)}
          onClose={() => setChosen(null)}
        />
      )}
    </SpaceBetween>
  );
}

/** What the upper lanes of the timeline say. */
function Lanes({ timeline: { lanes } }: Pick<ChartsProps, 'timeline'>): ReactNode {
  return (
    <dl className="hf-lanes">
      {lanes.map(({ name, detail, bars }) => (
        <div key={`${name} ${detail}`}>
          <dt>{detail === undefined ? name : `${name}, ${detail}`}</dt>
          {bars.map(({ from, to, isOpen, label }) => (
            <dd key={from}>
              {label}: {spanText(from)} – {isOpen ? 'now' : spanText(to)}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
