// Arranges function keys: columns, order by dragging and by buttons, several at once.
import { ActionIcon, Button, Checkbox, Loader, Menu, Text } from '@mantine/core';
import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { labelsUrl, useKeys, useLabelSheets, useRemoveKeys, useWriteKeys, type FunctionKey, type KeyChange, type KeyOwner } from '../../api/keys';
import { useConfirm } from '../../forms/confirm';
import { Icon, type IconName } from '../../shell/icons';
import { notifyError } from '../../shell/notify';
import { KeyDialogue, type Draft } from './KeyDialogue';
import classes from './keys.module.css';
import { COLUMNS_MAX, inColumns, KEY_TYPES, keyName, WITHOUT_DIALOGUE } from './keys';

interface Place {
  column: number;
  position: number;
}

type Move = (keys: FunctionKey[], to: Place) => void;

interface ItemProps {
  item: FunctionKey;
  /** From 0, in its column: places that are stored may have gaps. */
  index: number;
  last: boolean;
  picked: boolean;
  over: boolean;
  onPick: () => void;
  onEdit: () => void;
  onMove: Move;
  onDrag: (event: DragEvent) => void;
  onOver: () => void;
  onDrop: (event: DragEvent) => void;
}

function Item({ item, index, last, picked, over, onPick, onEdit, onMove, onDrag, onOver, onDrop }: ItemProps) {
  const { t } = useTranslation();
  const name = keyName(t, item);
  const { column } = item;
  const steps: { icon: IconName; label: string; to: Place; off: boolean }[] = [
    { icon: 'up', label: 'forms.moveUp', to: { column, position: index }, off: index === 0 },
    { icon: 'down', label: 'forms.moveDown', to: { column, position: index + 2 }, off: last },
    { icon: 'left', label: 'keys.moveLeft', to: { column: column - 1, position: 0 }, off: column === 1 },
    { icon: 'right', label: 'keys.moveRight', to: { column: column + 1, position: 0 }, off: column === COLUMNS_MAX },
  ];
  return (
    <li
      className={classes.item}
      data-picked={picked || undefined}
      data-over={over || undefined}
      draggable
      onDragStart={onDrag}
      onDragEnter={onOver}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
    >
      <Checkbox size="xs" checked={picked} onChange={onPick} aria-label={t('keys.pick', { name })} />
      <span className={classes.about}>
        {name}
        <Text size="xs" c="dimmed">
          {t(`keys.type.${item.type}`)}
          {item.label && item.target_name ? ` · ${item.target_name}` : ''}
        </Text>
      </span>
      <span className={classes.steps}>
        {steps.map(({ icon, label, to, off }) => (
          <ActionIcon key={icon} variant="subtle" color="gray" size="sm" disabled={off} aria-label={t(label, { name })} onClick={() => onMove([item], to)}>
            <Icon name={icon} size={15} />
          </ActionIcon>
        ))}
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('keys.edit', { name })} disabled={WITHOUT_DIALOGUE.has(item.type)} onClick={onEdit}>
          <Icon name="edit" size={15} />
        </ActionIcon>
      </span>
    </li>
  );
}

function AddMenu({ keys, onAdd }: { keys: FunctionKey[]; onAdd: (draft: Draft) => void }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button leftSection={<Icon name="plus" size={15} />}>{t('keys.addKey')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {KEY_TYPES.map(({ type, once }) => (
          <Menu.Item key={type} disabled={once && keys.some((key) => key.type === type)} onClick={() => onAdd({ type })}>
            {t(`keys.type.${type}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** USR-12: paper labels, a PDF for each kind of phone. */
function LabelMenu({ owner }: { owner: KeyOwner }) {
  const { t } = useTranslation();
  const sheets = useLabelSheets();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="print" size={15} />}>
          {t('keys.labels')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(sheets.data ?? []).map(({ model, name, keys }) => (
          <Menu.Item key={model} component="a" href={labelsUrl(owner, model)} download>
            {t('keys.labelSheet', { name, keys })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where they stand when the first of them is at the place; 0 = at the end. */
function moves(keys: FunctionKey[], { column, position }: Place): KeyChange[] {
  return keys.map(({ id }, index) => ({ id, values: { column, position: position ? position + index : 0 } }));
}

export function KeyEditor({ owner }: { owner: KeyOwner }) {
  const { t } = useTranslation();
  const all = useKeys(owner);
  const write = useWriteKeys(owner);
  const removal = useRemoveKeys(owner);
  const [ask, question] = useConfirm();
  const [picked, setPicked] = useState<number[]>([]);
  const [dragged, setDragged] = useState<number[]>([]);
  const [over, setOver] = useState<string>('');
  const [draft, setDraft] = useState<Draft | null>(null);
  const [said, setSaid] = useState('');
  const keys = all.data ?? [];
  const chosen = keys.filter(({ id }) => picked.includes(id));

  const move: Move = (those, to) => {
    setSaid(t('keys.moved', { name: those.map((key) => keyName(t, key)).join(', '), column: to.column }));
    write.mutate(moves(those, to), { onError: notifyError });
  };
  const drop = (event: DragEvent, to: Place) => {
    event.preventDefault();
    event.stopPropagation();
    const those = keys.filter(({ id }) => dragged.includes(id));
    if (those.length) move(those, to);
    setDragged([]);
    setOver('');
  };
  const add = (next: Draft) => {
    if (WITHOUT_DIALOGUE.has(next.type)) write.mutate([{ id: null, values: { type: next.type } }], { onError: notifyError });
    else setDraft(next);
  };
  const save = (values: Partial<FunctionKey>[]) =>
    write.mutate(
      values.map((one) => ({ id: draft?.id ?? null, values: one })),
      { onError: notifyError, onSuccess: () => setDraft(null) },
    );
  const remove = async () => {
    const count = chosen.length;
    if (await ask({ title: t('keys.removeTitle', { count }), text: t('keys.removeText', { names: chosen.map((key) => keyName(t, key)).join(', ') }), confirm: t('keys.remove', { count }) }))
      removal.mutate(
        chosen.map(({ id }) => id),
        { onError: notifyError, onSuccess: () => setPicked([]) });
  };

  if (all.isPending) return <Loader m="md" size="sm" />;
  const columns = inColumns(keys);
  const next = Math.min(COLUMNS_MAX, (columns.at(-1)?.column ?? 0) + 1);
  const shown = columns.some(({ column }) => column === next) ? columns : [...columns, { column: next, keys: [] }];
  return (
    <>
      <div className={classes.bar}>
        <AddMenu keys={keys} onAdd={add} />
        {keys.length > 0 && <LabelMenu owner={owner} />}
        {chosen.length > 0 && (
          <Button variant="default" leftSection={<Icon name="trash" size={15} />} onClick={() => void remove()}>
            {t('keys.remove', { count: chosen.length })}
          </Button>
        )}
      </div>
      <div className={classes.panel}>
        {shown.map(({ column, keys: those }) => (
          <section
            key={column}
            className={classes.slot}
            data-over={over === `column ${column}` || undefined}
            aria-label={t('keys.columnNumber', { column })}
            onDragOver={(event) => event.preventDefault()}
            onDragEnter={() => setOver(`column ${column}`)}
            onDrop={(event) => drop(event, { column, position: 0 })}
          >
            <h3>{t('keys.columnNumber', { column })}</h3>
            {those.length === 0 && <p className={classes.none}>{t('keys.dropHere')}</p>}
            {those.length > 0 && (
              <ol>
                {those.map((item, index) => (
                  <Item
                    key={item.id}
                    item={item}
                    index={index}
                    last={index === those.length - 1}
                    picked={picked.includes(item.id)}
                    over={over === `key ${item.id}`}
                    onPick={() => setPicked(picked.includes(item.id) ? picked.filter((id) => id !== item.id) : [...picked, item.id])}
                    onEdit={() => setDraft(item)}
                    onMove={move}
                    onDrag={(event) => {
                      event.dataTransfer.setData('text/plain', keyName(t, item)); // without data some browsers drag nothing
                      setDragged(picked.includes(item.id) ? picked : [item.id]);
                    }}
                    onOver={() => setOver(`key ${item.id}`)}
                    onDrop={(event) => drop(event, { column, position: index + 1 })}
                  />
                ))}
              </ol>
            )}
          </section>
        ))}
      </div>
      {draft && <KeyDialogue owner={owner} draft={draft} saving={write.isPending} onClose={() => setDraft(null)} onSave={save} />}
      {question}
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </>
  );
}
