// A list in an order that people choose: by buttons, by dragging, and what is taken out of it.
import { ActionIcon, Text } from '@mantine/core';
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, type IconName } from '../shell/icons';
import classes from './forms.module.css';

export interface Entry {
  key: string;
  name: string;
  badge?: ReactNode;
}

type Step = 'up' | 'down' | 'out';

const ICONS: Record<Step, IconName> = { up: 'up', down: 'down', out: 'close' };

/** The keys with one of them at another place, from 0. */
function moved(keys: string[], key: string, place: number): string[] {
  const others = keys.filter((other) => other !== key);
  return [...others.slice(0, place), key, ...others.slice(place)];
}

interface ButtonProps {
  step: Step;
  entry: Entry;
  label: string;
  disabled?: boolean;
  onClick: () => void;
}

function StepButton({ step, entry, label, disabled, onClick }: ButtonProps) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" data-step={`${step} ${entry.key}`} disabled={disabled} onClick={onClick} aria-label={label}>
      <Icon name={ICONS[step]} size={15} />
    </ActionIcon>
  );
}

interface OrderedListProps {
  label: string;
  entries: Entry[];
  disabled?: boolean;
  /** What stands there while nothing is in the list. */
  empty?: string;
  /** The keys as they are to be. */
  onOrder: (keys: string[]) => void;
}

export function OrderedList({ label, entries, disabled, empty, onOrder }: OrderedListProps) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const [step, setStep] = useState<{ key: string; step: Step } | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const keys = entries.map(({ key }) => key);

  // a button keeps the focus on its way; at the end of the way the other one has it
  const order = keys.join();
  useEffect(() => {
    if (!step) return;
    const button = (one: Step) => list.current?.querySelector<HTMLButtonElement>(`[data-step="${one} ${step.key}"]:not(:disabled)`);
    (button(step.step) ?? button('up') ?? button('down'))?.focus();
    setStep(null);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [order]);

  const move = (entry: Entry, place: number, by?: Step) => {
    if (by) setStep({ key: entry.key, step: by });
    setSaid(t('forms.twoLists.placed', { name: entry.name, place: place + 1, count: entries.length }));
    onOrder(moved(keys, entry.key, place));
  };
  const drop = (event: DragEvent, place: number) => {
    event.preventDefault();
    const entry = entries.find(({ key }) => key === dragged);
    if (entry) move(entry, place);
    setOver(null);
    setDragged(null);
  };
  const start = (event: DragEvent, entry: Entry) => {
    event.dataTransfer.setData('text/plain', entry.name); // without data some browsers drag nothing
    event.dataTransfer.effectAllowed = 'move';
    setDragged(entry.key);
  };
  const end = () => {
    setDragged(null);
    setOver(null);
  };

  if (entries.length === 0) return empty ? <p className={classes.emptyList}>{empty}</p> : null;
  return (
    <>
      <ol className={classes.refList} aria-label={label} ref={list}>
        {entries.map((entry, index) => (
          <li
            key={entry.key}
            className={classes.refItem}
            data-over={(dragged !== null && over === entry.key) || undefined}
            data-disabled={disabled || undefined}
            draggable={!disabled}
            onDragStart={(event) => start(event, entry)}
            onDragEnd={end}
            onDragEnter={() => setOver(entry.key)}
            onDragOver={(event) => dragged !== null && event.preventDefault()}
            onDrop={(event) => drop(event, index)}
          >
            <Text inherit className={classes.refName}>
              {entry.name}
            </Text>
            {entry.badge}
            {!disabled && (
              <span className={classes.refSteps}>
                <StepButton step="up" entry={entry} label={t('forms.moveUp', { name: entry.name })} disabled={index === 0} onClick={() => move(entry, index - 1, 'up')} />
                <StepButton
                  step="down"
                  entry={entry}
                  label={t('forms.moveDown', { name: entry.name })}
                  disabled={index === entries.length - 1}
                  onClick={() => move(entry, index + 1, 'down')}
                />
                <StepButton step="out" entry={entry} label={t('forms.remove', { name: entry.name })} onClick={() => onOrder(keys.filter((key) => key !== entry.key))} />
              </span>
            )}
          </li>
        ))}
      </ol>
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </>
  );
}
