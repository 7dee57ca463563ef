/** The form of a node, new or not: three tabs over one document, and what is sent at the end. */
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { NodeStatus } from '../../api/connection';
import { ApiError, type Fault } from '../../api/errors';
import { useLeave, useUnsaved } from '../../app/leaving';
import { changesBetween } from './changes';
import { summaryOf } from './changes-table';
import { ConfigurationTab } from './configuration-tab';
import type { JsonObject } from './document';
import { EditorProvider, type Editor } from './editor';
import { FaultList } from './fault-list';
import { faultsAfter, tabOf, type Tab } from './faults';
import { focusField } from './field';
import { faultIn, type JsonDraft } from './json-editor';
import { PersistenceTab } from './persistence-tab';
import { ReviewTab, useView } from './review-tab';
import { Verdict } from './verdict';
import './edit.css';

export interface NodeEditorProps {
  readonly title: string;
  readonly initial: JsonObject;
  readonly node?: NodeStatus;
  readonly firstTab?: Tab;
  readonly submitText: string;
  /** Sends the document. @throws ApiError */
  readonly onSubmit: (document: JsonObject, before: JsonObject, release: () => void) => Promise<void>;
  readonly onCancel: () => void;
}

const TABS: readonly Tab[] = ['configuration', 'persistence', 'review'];
const LABELS: Readonly<Record<Tab, string>> = {
  configuration: 'Configuration',
  persistence: 'Persistent Resources',
  review: 'Review',
};

export function NodeEditor(props: NodeEditorProps): ReactNode {
  const { title, node, submitText, onCancel } = props;
  const [tab, setTab] = useState<Tab>(props.firstTab ?? 'configuration');
  const [view, setView] = useView();
  const [draft, setDraft] = useState<JsonDraft | undefined>(undefined);
  const [wanted, setWanted] = useState<{ readonly field: string } | undefined>(undefined);
  const { editor, changes, replaceFaults } = useDocument(props);
  const leave = useLeave();
  const release = useUnsaved(changes.length > 0 || draft !== undefined);
  const { isSending, failure, send } = useSending(props, editor, replaceFaults, release);

  // The field exists once its tab is shown.
  useEffect(() => {
    if (wanted !== undefined) focusField(wanted.field);
  }, [wanted]);
  const lead = ({ field, ...fault }: Fault): void => {
    const place = tabOf({ ...fault, field });
    setTab(place);
    if (place === 'review') setView('json');
    if (field !== undefined) setWanted({ field });
  };
  const submit = (): void => {
    if (draft !== undefined && faultIn(draft.text) !== undefined) {
      setTab('review');
      return setView('json');
    }
    void send().then(setFirstFault);
  };
  const setFirstFault = (faults: readonly Fault[]): void => {
    if (faults[0] !== undefined) lead(faults[0]);
  };
  const step = (by: 1 | -1): void => setTab(TABS[TABS.indexOf(tab) + by] ?? tab);
  const isUnchanged = node !== undefined && changes.length === 0;

  const contents: Readonly<Record<Tab, ReactNode>> = {
    configuration: <ConfigurationTab />,
    persistence: <PersistenceTab />,
    review: (
      <ReviewTab
        changes={changes}
        view={view}
        onView={setView}
        draft={draft}
        onDraft={setDraft}
        verdict={!isUnchanged && <Verdict onFaults={replaceFaults} />}
      />
    ),
  };

  return (
    <EditorProvider value={editor}>
      <SpaceBetween size="m">
        <Header variant="h1">{title}</Header>
        <FaultList failure={failure} faults={editor.faults} onLead={lead} />
        <Tabs
          activeTabId={tab}
          onChange={({ detail }) => setTab(TABS.find((each) => each === detail.activeTabId) ?? tab)}
          tabs={TABS.map((id) => ({ id, label: labelOf(id, editor.faults), content: contents[id] }))}
        />
      </SpaceBetween>
      <div className="hf-form-actions">
        {node !== undefined && (
          <Button variant="inline-link" onClick={() => setTab('review')}>
            {summaryOf(changes)}
          </Button>
        )}
        <div>
          <Button variant="link" onClick={() => leave(onCancel)}>
            Cancel
          </Button>
          <span className="hf-form-steps">
            {tab !== 'configuration' && <Button onClick={() => step(-1)}>Previous</Button>}
            {tab !== 'review' && <Button onClick={() => step(1)}>Next</Button>}
          </span>
          <Button
            variant="primary"
            loading={isSending}
            disabled={isUnchanged}
            disabledReason="Nothing has changed."
            onClick={submit}
          >
            {submitText}
          </Button>
        </div>
      </div>
    </EditorProvider>
  );
}

function labelOf(tab: Tab, faults: readonly Fault[]): string {
  const count = faults.filter((fault) => tabOf(fault) === tab).length;
  return count === 0 ? LABELS[tab] : `${LABELS[tab]} (${count} to correct)`;
}

function useDocument({ initial, node }: NodeEditorProps): {
  readonly editor: Editor;
  readonly changes: ReturnType<typeof changesBetween>;
  readonly replaceFaults: (faults: readonly Fault[]) => void;
} {
  const [{ document, before, faults }, setState] = useState({
    document: initial,
    before: initial,
    faults: [] as readonly Fault[],
  });
  const change = useCallback<Editor['change']>(
    (changed) =>
      setState((state) => {
        const after = changed(state.document);
        return { ...state, document: after, faults: faultsAfter(state.faults, changesBetween(state.document, after)) };
      }),
    [],
  );
  const prefill = useCallback<Editor['prefill']>(
    (changed) => setState((state) => ({ ...state, document: changed(state.document), before: changed(state.before) })),
    [],
  );
  const replaceFaults = useCallback(
    (found: readonly Fault[]) => setState((state) => ({ ...state, faults: found })),
    [],
  );
  const editor = useMemo(
    () => ({ document, before, change, prefill, faults, node }),
    [document, before, change, prefill, faults, node],
  );
  const changes = useMemo(() => changesBetween(node === undefined ? {} : before, document), [before, document, node]);
  const own = useMemo(() => changesBetween(before, document), [before, document]);
  return { editor, changes: node === undefined && own.length === 0 ? own : changes, replaceFaults };
}

/** Sends the form. What was typed stays if it fails. */
function useSending(
  { onSubmit }: NodeEditorProps,
  { document, before }: Editor,
  replaceFaults: (faults: readonly Fault[]) => void,
  release: () => void,
): {
  readonly isSending: boolean;
  readonly failure: ApiError | undefined;
  readonly send: () => Promise<readonly Fault[]>;
} {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<ApiError | undefined>(undefined);
  const send = async (): Promise<readonly Fault[]> => {
    setSending(true);
    setFailure(undefined);
    try {
      await onSubmit(document, before, release);
      return [];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const faults = error.faults.filter(({ field }) => field !== undefined);
      replaceFaults(faults);
      setFailure(error);
      return faults;
    } finally {
      setSending(false);
    }
  };
  return { isSending, failure, send };
}
