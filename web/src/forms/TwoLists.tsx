// Moves things between two lists, by buttons or by dragging; the chosen ones may have an order.
import { ActionIcon, CloseButton, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { Icon, type IconName } from '../shell/icons';
import classes from './twoLists.module.css';

export interface Choice {
  id: number;
  name: string;
  to: string;
  /** What is wrong with it. */
  warning?: string;
  extra?: ReactNode;
}

type Side = 'chosen' | 'free';
type Step = 'up' | 'down' | 'put' | 'out';

interface TwoListsProps {
  titles: Record<Side, string>;
  chosen: Choice[];
  free: Choice[];
  /** There are more free ones than these. */
  more: boolean;
  search: string;
  onSearch: (text: string) => void;
  /** place: from 1; none = at the end. */
  onPut: (id: number, place?: number) => void;
  onTakeOut: (id: number) => void;
  /** Without it the chosen ones have no order. */
  onMove?: (id: number, place: number) => void;
}

const STEP_ICONS: Record<Step, IconName> = { up: 'up', down: 'down', put: 'left', out: 'right' };

function StepButton({ step, id, label, disabled, onClick }: { step: Step; id: number; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" data-step={`${step} ${id}`} disabled={disabled} aria-label={label} onClick={onClick}>
      <Icon name={STEP_ICONS[step]} size={15} />
    </ActionIcon>
  );
}

interface ItemProps {
  choice: Choice;
  over: boolean;
  onDrag: (dragged: boolean) => void;
  onOver?: () => void;
  onDrop?: () => void;
  children: ReactNode;
}

function Item({ choice, over, onDrag, onOver, onDrop, children }: ItemProps) {
  const start = (event: DragEvent) => {
    event.dataTransfer.setData('text/plain', choice.name); // without data some browsers drag nothing
    event.dataTransfer.effectAllowed = 'move';
    onDrag(true);
  };
  const drop = (event: DragEvent) => {
    if (!onDrop) return;
    event.preventDefault();
    event.stopPropagation();
    onDrop();
  };
  return (
    <li className={classes.item} data-over={over || undefined} draggable onDragStart={start} onDragEnd={() => onDrag(false)} onDragEnter={onOver} onDrop={drop}>
      <Link to={choice.to} draggable={false} className={classes.name}>
        {choice.name}
      </Link>
      {choice.warning && (
        <Tooltip label={choice.warning}>
          <Text span inherit c="red" lh={1} role="img" aria-label={choice.warning}>
            <Icon name="warning" size={15} />
          </Text>
        </Tooltip>
      )}
      <Group gap={4} ml="auto" wrap="nowrap">
        {choice.extra}
        {children}
      </Group>
    </li>
  );
}

export function TwoLists({ titles, chosen, free, more, search, onSearch, onPut, onTakeOut, onMove }: TwoListsProps) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<{ from: Side; id: number } | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const [moved, setMoved] = useState<{ id: number; step: Step } | null>(null);
  const box = useRef<HTMLDivElement>(null);

  // a button keeps the focus on its way; at the end of the way the other one has it
  const order = chosen.map(({ id }) => id).join();
  useEffect(() => {
    if (!moved) return;
    const button = (step: Step) => box.current?.querySelector<HTMLButtonElement>(`[data-step="${step} ${moved.id}"]:not(:disabled)`);
    (button(moved.step) ?? button('up') ?? button('down'))?.focus();
    setMoved(null);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [order]);

  const move = (choice: Choice, place: number, step?: Step) => {
    if (step) setMoved({ id: choice.id, step });
    setSaid(t('forms.twoLists.placed', { name: choice.name, place, count: chosen.length }));
    onMove?.(choice.id, place);
  };
  const dropAt = (place?: number) => {
    const choice = chosen.find(({ id }) => id === dragged?.id);
    if (dragged?.from === 'free') onPut(dragged.id, onMove && place);
    else if (choice && onMove) move(choice, place ?? chosen.length);
    setOver(null);
    setDragged(null);
  };
  const dropOut = () => {
    if (dragged?.from === 'chosen') onTakeOut(dragged.id);
    setDragged(null);
  };
  const allow = (event: DragEvent) => {
    if (dragged) event.preventDefault();
  };
  const drag = (from: Side, id: number) => (is: boolean) => {
    setDragged(is ? { from, id } : null);
    if (!is) setOver(null);
  };

  return (
    <div className={classes.both} ref={box}>
      <section className={classes.side} aria-label={titles.chosen}>
        <h2 className={classes.title}>
          {titles.chosen} <span>{chosen.length}</span>
        </h2>
        <div className={classes.box} onDragOver={allow} onDrop={() => dropAt()}>
          <ol className={classes.list} aria-label={titles.chosen}>
            {chosen.map((choice, index) => (
              <Item
                key={choice.id}
                choice={choice}
                over={over === choice.id && onMove !== undefined}
                onDrag={drag('chosen', choice.id)}
                onOver={() => setOver(choice.id)}
                onDrop={() => dropAt(index + 1)}
              >
                {onMove && (
                  <>
                    <StepButton step="up" id={choice.id} label={t('forms.moveUp', { name: choice.name })} disabled={index === 0} onClick={() => move(choice, index, 'up')} />
                    <StepButton
                      step="down"
                      id={choice.id}
                      label={t('forms.moveDown', { name: choice.name })}
                      disabled={index === chosen.length - 1}
                      onClick={() => move(choice, index + 2, 'down')}
                    />
                  </>
                )}
                <StepButton step="out" id={choice.id} label={t('forms.twoLists.takeOut', { name: choice.name })} onClick={() => onTakeOut(choice.id)} />
              </Item>
            ))}
          </ol>
          {chosen.length === 0 && <p className={classes.hint}>{t('forms.twoLists.emptyList')}</p>}
        </div>
      </section>
      <section className={classes.side} aria-label={titles.free}>
        <h2 className={classes.title}>{titles.free}</h2>
        <div className={classes.box} onDragOver={allow} onDrop={dropOut}>
          <TextInput
            type="search"
            size="xs"
            className={classes.search}
            aria-label={t('forms.twoLists.narrow', { title: titles.free })}
            placeholder={t('table.search')}
            leftSection={<Icon name="search" size={14} />}
            rightSection={search && <CloseButton size="xs" aria-label={t('table.searchClear')} onClick={() => onSearch('')} />}
            value={search}
            onChange={(event) => onSearch(event.currentTarget.value)}
          />
          <ul className={classes.list} aria-label={titles.free}>
            {free.map((choice) => (
              <Item key={choice.id} choice={choice} over={false} onDrag={drag('free', choice.id)}>
                <StepButton step="put" id={choice.id} label={t('forms.twoLists.put', { name: choice.name })} onClick={() => onPut(choice.id)} />
              </Item>
            ))}
          </ul>
          {free.length === 0 && <p className={classes.hint}>{t('forms.twoLists.noOthers')}</p>}
          {more && <p className={classes.hint}>{t('forms.twoLists.moreLeft')}</p>}
        </div>
      </section>
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </div>
  );
}
