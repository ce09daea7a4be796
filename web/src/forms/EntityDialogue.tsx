// Creates or changes a small entity in a dialogue.
import { Loader, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSave } from '../api/collections';
import { useEntitySchema, type EntitySchema } from '../api/openapi';
import type { Collection, EntityName } from '../api/types';
import { EntityForm, Fields } from './EntityForm';
import type { Values } from './schema';
import { useEntityForm } from './useEntityForm';
import { notifyDone } from '../shell/notify';

interface DialogueProps {
  entity: EntityName;
  collection: Collection;
  fields: string[];
  title: string;
  /** What to change; null makes a new one. */
  item: { id: number } | null;
  /** What a new one has besides the fields: whose it is. */
  fixed?: Values;
  onClose: () => void;
  wide?: boolean;
}

function Inner({ schema, entity, collection, fields, item, fixed, onClose }: DialogueProps & { schema: EntitySchema }) {
  const { t } = useTranslation();
  const store = useSave<{ id: number }>(collection);
  const save = async (values: Values, before: Values) => {
    await store.mutateAsync({ id: item?.id ?? null, values: item ? values : { ...fixed, ...values }, before });
    notifyDone(t('forms.saved'));
    onClose();
  };
  const form = useEntityForm({ entity, schema, stored: item as Values | null, fields, save });
  return (
    <EntityForm form={form} onCancel={onClose}>
      <Fields form={form} fields={fields} columns={1} />
    </EntityForm>
  );
}

export function EntityDialogue(props: DialogueProps) {
  const { t } = useTranslation();
  const schema = useEntitySchema(props.entity, props.item ? 'patch' : 'create');
  return (
    <Modal opened onClose={props.onClose} title={props.title} size={props.wide ? 'lg' : 'sm'} closeButtonProps={{ 'aria-label': t('forms.cancel') }}>
      {schema ? <Inner {...props} schema={schema} /> : <Loader size="sm" />}
    </Modal>
  );
}
