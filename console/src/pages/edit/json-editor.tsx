/** The document as JSON, to be edited: with the lines on which the API or the text itself has faults. */
import { useRef, type ReactNode } from 'react';
import Button from '@cloudscape-design/components/button';
import type { Fault } from '../../api/errors';
import { isObject, jsonOf, type JsonObject } from './document';
import { sentence } from './faults';
import { lineOf, readJson } from './json-text';
import './json-editor.css';

/** Text that a person has typed, and the document that it stood for when it was typed. */
export interface JsonDraft {
  readonly text: string;
  readonly of: JsonObject;
}

interface Hint {
  readonly line: number;
  readonly message: string;
}

/** Why the text is no document; undefined if it is one. */
export function faultIn(text: string): Hint | undefined {
  const read = readJson(text);
  if (read.kind === 'fault') return read;
  return isObject(read.value) ? undefined : { line: 1, message: 'Expected an object, in braces.' };
}

interface JsonEditorProps {
  readonly document: JsonObject;
  readonly faults: readonly Fault[];
  /** What was typed and is not a document yet. */
  readonly draft: JsonDraft | undefined;
  readonly onDraft: (draft: JsonDraft | undefined) => void;
  readonly onChange: (document: JsonObject) => void;
}

export function JsonEditor({ document, faults, draft, onDraft, onChange }: JsonEditorProps): ReactNode {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const isOwn = draft !== undefined && (draft.of === document || faultIn(draft.text) !== undefined);
  const text = isOwn ? draft.text : jsonOf(document);
  const hints = hintsOf(text, faults);
  const marked = new Set(hints.map(({ line }) => line));
  const type = (typed: string): void => {
    const read = readJson(typed);
    if (read.kind === 'fault' || !isObject(read.value)) return onDraft({ text: typed, of: document });
    onDraft({ text: typed, of: read.value });
    onChange(read.value);
  };
  return (
    <div className="hf-json">
      <div className="hf-json-frame">
        <div className="hf-json-gutter" ref={gutter} aria-hidden="true">
          {text.split('\n').map((_line, index) => (
            <div key={index} className={marked.has(index + 1) ? 'hf-json-wrong' : ''}>
              {index + 1}
            </div>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="The document as JSON"
          aria-describedby="json-faults"
          aria-invalid={hints.length > 0}
          value={text}
          spellCheck={false}
          autoComplete="off"
          wrap="off"
          onChange={({ target }) => type(target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
      <ul id="json-faults" className="hf-json-faults" aria-live="polite">
        {hints.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            <Button variant="inline-link" onClick={() => area.current !== null && select(area.current, line)}>
              Line {line}
            </Button>{' '}
            {message}
          </li>
        ))}
      </ul>
      {isOwn && draft.of !== document && (
        <Button onClick={() => onDraft(undefined)}>Discard this text, and show the document of the form</Button>
      )}
    </div>
  );
}

function hintsOf(text: string, faults: readonly Fault[]): readonly Hint[] {
  const read = readJson(text);
  const fault = faultIn(text);
  if (read.kind === 'fault' || fault !== undefined) return fault === undefined ? [] : [fault];
  return faults.flatMap(({ field, message }) =>
    field === undefined ? [] : [{ line: lineOf(read.lines, field), message: sentence(`${field} ${message}`) }],
  );
}

/** Selects a line, and scrolls to it. */
function select(area: HTMLTextAreaElement, line: number): void {
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 5);
}
