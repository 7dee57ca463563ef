/** A part of a tab. */
import type { ReactNode } from 'react';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEditor } from './editor';
import { faultsAt } from './faults';

interface SectionProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, description, children }: SectionProps): ReactNode {
  return (
    <Container
      header={
        <Header variant="h2" description={description}>
          {title}
        </Header>
      }
    >
      <SpaceBetween size="l">{children}</SpaceBetween>
    </Container>
  );
}

interface ClosedSectionProps {
  readonly title: string;
  readonly description: string;
  /** The fields in it. */
  readonly paths: readonly string[];
  readonly children: ReactNode;
}

/** Closed at first. It says how many faults it hides. */
export function ClosedSection({ title, description, paths, children }: ClosedSectionProps): ReactNode {
  const { faults } = useEditor();
  const count = faultsAt(faults, ...paths).length;
  return (
    <div data-section="">
      <ExpandableSection
        variant="container"
        headerText={title}
        headerDescription={description}
        headerCounter={count === 0 ? '' : `(${count} to correct)`}
      >
        <SpaceBetween size="l">{children}</SpaceBetween>
      </ExpandableSection>
    </div>
  );
}
