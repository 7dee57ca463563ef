/** The last tab: the difference from what runs, or the whole document as JSON. */
import { useState, type ReactNode } from 'react';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { creationAsCurl, updateAsCurl } from '../configuration/as-curl';
import type { Change } from './changes';
import { patchBetween } from './changes';
import { ChangesByEffect, ChangesTable } from './changes-table';
import { useEditor } from './editor';
import { JsonEditor, type JsonDraft } from './json-editor';

export type View = 'changes' | 'json';

interface ReviewTabProps {
  readonly changes: readonly Change[];
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly draft: JsonDraft | undefined;
  readonly onDraft: (draft: JsonDraft | undefined) => void;
  /** What the API says about the document, as far as it has been asked. */
  readonly verdict: ReactNode;
}

export function ReviewTab({ changes, view, onView, draft, onDraft, verdict }: ReviewTabProps): ReactNode {
  const { document, before, change, faults, node } = useEditor();
  const isNew = node === undefined;
  const asCurl = isNew ? creationAsCurl(document) : updateAsCurl(node.id, patchBetween(before, document));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={isNew ? 'What the API gets.' : 'Compared with what the node has now.'}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <CopyToClipboard
                copyButtonText="Copy as curl"
                textToCopy={asCurl}
                copySuccessText="Copied"
                copyErrorText="The browser refused to copy"
              />
              <SegmentedControl
                label="View"
                selectedId={view}
                options={[
                  { id: 'changes', text: isNew ? 'Summary' : 'Changes' },
                  { id: 'json', text: 'JSON' },
                ]}
                onChange={({ detail }) => onView(detail.selectedId === 'json' ? 'json' : 'changes')}
              />
            </SpaceBetween>
          }
        >
          Review
        </Header>
      }
    >
      <SpaceBetween size="l">
        {verdict}
        {view === 'changes' &&
          (isNew ? <ChangesTable changes={changes} isNew /> : <ChangesByEffect changes={changes} />)}
        {view === 'json' && (
          <JsonEditor
            document={document}
            faults={faults}
            draft={draft}
            onDraft={onDraft}
            onChange={(each) => change(() => each)}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

export const useView = (): [View, (view: View) => void] => useState<View>('changes');
