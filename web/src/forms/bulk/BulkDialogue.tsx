// Changes several entities at once: a tick says what is to change, and one request does it for all or none.
import { Alert, Button, Checkbox, Group, List, Loader, Modal, Progress, Stack, Text } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBulk } from '../../api/collections';
import { api, query } from '../../api/client';
import { ApiError, type FieldError } from '../../api/error';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useProgress } from '../../api/runtime';
import type { Collection, EntityName, Found, Page } from '../../api/types';
import type { BulkChange } from '../../api/write';
import { number } from '../../i18n/format';
import { fieldErrorText, notifyDone, notifyError } from '../../shell/notify';
import { Field } from '../Field';
import classes from '../forms.module.css';
import type { Values } from '../schema';
import { fieldLabel } from '../texts';
import { useUndo } from '../useUndo';
import { useBulkForm, type BulkForm } from './useBulkForm';

type Lists = Pick<BulkChange, 'add' | 'remove'>;

interface BulkDialogueProps<T> {
  entity: EntityName;
  collection: Collection;
  fields: string[];
  items: T[];
  /** All that are found, of which the items are some. */
  found?: Found | null;
  nameOf: (item: T) => string;
  /** What is added to lists, or taken from them: a part of the form of its own. */
  lists?: (value: Lists, onChange: (value: Lists) => void) => ReactNode;
  onClose: () => void;
}

function Ticked({ form, field }: { form: BulkForm; field: string }) {
  return (
    <div data-bulk={field}>
      <Checkbox
        label={fieldLabel(form.entity, field, form.schema.properties[field])}
        checked={form.ticked(field)}
        onChange={(event) => form.tick(field, event.currentTarget.checked)}
      />
      {form.ticked(field) && (
        <div className={classes.ticked}>
          <Field form={form} field={field} />
        </div>
      )}
    </div>
  );
}

const some = (lists: Record<string, unknown[]> | undefined) => Object.values(lists ?? {}).some((list) => list.length > 0);

function Refused<T extends { id: number }>({ faults, items, nameOf, entity }: { faults: FieldError[]; entity: string } & Pick<BulkDialogueProps<T>, 'items' | 'nameOf'>) {
  const { t } = useTranslation();
  const named = (row?: number) => {
    const item = items.find(({ id }) => id === row);
    return item ? nameOf(item) : undefined;
  };
  return (
    <Alert color="red" title={t('bulk.refused')}>
      <List size="sm">
        {faults.map((fault, index) => (
          <List.Item key={index}>{[named(fault.row), fault.field && fieldLabel(entity, fault.field), fieldErrorText(fault)].filter(Boolean).join(': ')}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** How far the server is, when it takes long. */
function Moving({ collection, total }: { collection: Collection; total: number }) {
  const { t } = useTranslation();
  const done = useProgress(collection, total);
  const text = t('bulk.moving', { done: number(done), total: number(total) });
  return (
    <div role="status">
      <Text size="xs" c="dimmed">
        {text}
      </Text>
      <Progress value={total ? (done / total) * 100 : 0} aria-label={text} />
    </div>
  );
}

function Inner<T extends { id: number }>({ schema, entity, collection, fields, items, found, nameOf, lists, onClose, onFound }: BulkDialogueProps<T> & { schema: EntitySchema; onFound: (found: Found) => void }) {
  const { t } = useTranslation();
  const form = useBulkForm(entity, schema, items as unknown as Values[]);
  const [inLists, setInLists] = useState<Lists>({});
  const [faults, setFaults] = useState<FieldError[]>([]);
  const bulk = useBulk(collection);
  const offerUndo = useUndo(collection);
  const count = found?.total ?? items.length;

  const countAgain = async ({ params }: Found) => {
    const { total } = await api.get<Page<T>>(collection + query({ ...params, per_page: 1 }));
    onFound({ params, total });
  };

  const send = async () => {
    setFaults([]);
    try {
      const those = found ? { found } : { ids: items.map(({ id }) => id) };
      const { changed, undo } = await bulk.mutateAsync({ those, change: { values: form.values, ...inLists } });
      if (changed && undo) offerUndo(t('bulk.changed', { count: changed }), undo);
      else notifyDone(t('bulk.nothing'));
      onClose();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'found_changed' && found) await countAgain(found).catch(notifyError);
      if (error instanceof ApiError && error.fields.length) setFaults(error.fields);
      else notifyError(error);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.check()) void send();
  };
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <Text size="sm" c="dimmed">
        {t('bulk.intro')}
      </Text>
      <Stack gap="sm">
        {fields.filter((field) => schema.properties[field]).map((field) => (
          <Ticked key={field} form={form} field={field} />
        ))}
      </Stack>
      {lists?.(inLists, setInLists)}
      {bulk.isPending && found && <Moving collection={collection} total={count} />}
      {faults.length > 0 && <Refused faults={faults} items={items} nameOf={nameOf} entity={entity} />}
      <Group className={classes.dialogueActions} justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('forms.cancel')}
        </Button>
        <Button type="submit" loading={bulk.isPending} disabled={!form.dirty && !some(inLists.add) && !some(inLists.remove)}>
          {t('bulk.apply', { count, total: number(count) })}
        </Button>
      </Group>
    </form>
  );
}

export function BulkDialogue<T extends { id: number }>(props: BulkDialogueProps<T>) {
  const { t } = useTranslation();
  const schema = useEntitySchema(props.entity, 'patch');
  const [found, setFound] = useState(props.found);
  const count = found?.total ?? props.items.length;
  return (
    <Modal opened onClose={props.onClose} title={t('bulk.title', { count, total: number(count) })} size="lg" closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      {schema ? <Inner {...props} found={found} onFound={setFound} schema={schema} /> : <Loader size="sm" />}
    </Modal>
  );
}
