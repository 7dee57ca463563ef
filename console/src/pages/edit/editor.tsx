/** What all fields of the form share: the document, the faults that the API has found in it, and what runs. */
import { createContext, useContext, type ReactNode } from 'react';
import type { NodeStatus } from '../../api/connection';
import type { Fault } from '../../api/errors';
import type { JsonObject } from './document';

export interface Editor {
  readonly document: JsonObject;
  /** What the document was before the reader changed it. */
  readonly before: JsonObject;
  readonly change: (changed: (document: JsonObject) => JsonObject) => void;
  /** Fills in what the reader need not choose: no change of the reader's, so the page does not ask to save it. */
  readonly prefill: (changed: (document: JsonObject) => JsonObject) => void;
  readonly faults: readonly Fault[];
  /** The node that is edited; undefined for a new one. */
  readonly node: NodeStatus | undefined;
}

const EditorContext = createContext<Editor | undefined>(undefined);

export function EditorProvider({
  value,
  children,
}: {
  readonly value: Editor;
  readonly children: ReactNode;
}): ReactNode {
  return <EditorContext.Provider value={value}>{children}</EditorContext.Provider>;
}

/** @throws Error outside of an EditorProvider */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === undefined) throw new Error('there is no form here');
  return editor;
}
