// One device type. Supplied ones can only be copied.
import { Button, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { DeviceType } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import classes from '../../forms/forms.module.css';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';
import { ALL_OPTIONS, LOGIN_OPTIONS, OptionGroups } from '../phones/OptionGroups';

const IDENTITY = ['name', 'comment'];

/** A new type begins as the one it is copied from. */
function beginAs(schema: EntitySchema, from: Values | undefined): EntitySchema {
  if (!from) return schema;
  const begun = ALL_OPTIONS.map((field) => [field, { ...schema.properties[field], default: from[field] }]);
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(begun) } };
}

interface FormProps {
  schema: EntitySchema;
  type: DeviceType | null;
}

function DeviceTypeForm({ schema, type }: FormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<DeviceType>('device-types');
  const [remove, dialogue] = useConfirmedRemove('device-types');
  const save = async (values: Values) => {
    const saved = await store.mutateAsync({ id: type?.id ?? null, values });
    notifyDone(t('forms.saved'));
    if (!type) navigate(`/device-types/${saved.id}`);
  };
  const form = useEntityForm({ entity: 'device_type', schema, stored: type, fields: [...IDENTITY, ...ALL_OPTIONS], save });
  const removeType = async () => {
    if (type && (await remove([type]))) navigate('/device-types');
  };
  const fields = (
    <>
      <FieldGroup title={t('deviceTypes.one')}>
        <Fields form={form} fields={IDENTITY} />
      </FieldGroup>
      <FieldGroup title={t('phones.group.login')}>
        <Fields form={form} fields={LOGIN_OPTIONS} />
      </FieldGroup>
      <OptionGroups form={form} />
    </>
  );
  if (type?.builtin)
    return (
      <fieldset disabled className={classes.readOnly}>
        {fields}
      </fieldset>
    );
  return (
    <EntityForm
      form={form}
      extraActions={
        type && (
          <Button variant="subtle" color="red" onClick={() => void removeType()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      {fields}
      {dialogue}
    </EntityForm>
  );
}

export default function DeviceTypeEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const [params] = useSearchParams();
  const from = params.get('from');
  const isNew = id === 'new';
  const schema = useEntitySchema('device_type', isNew ? 'create' : 'patch');
  const read = isNew ? from : id;
  const { data: type, ...query } = useItem<DeviceType>('device-types', read ? Number(read) : null);

  const up = { to: '/device-types', text: t('deviceTypes.title') };
  if (query.isError) {
    const data = { rows: [], total: 0, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('deviceTypes.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (read && !type)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame
      title={isNew || !type ? t('deviceTypes.new') : type.name}
      up={up}
      actions={
        !isNew && (
          <Button component={Link} variant="default" to={`/device-types/new?from=${id}`}>
            {t('deviceTypes.copy')}
          </Button>
        )
      }
    >
      <div className="panel" style={{ padding: 'var(--mantine-spacing-md)' }}>
        {!isNew && type?.builtin && (
          <Text c="dimmed" mb="sm">
            {t('deviceTypes.suppliedHelp')}
          </Text>
        )}
        <DeviceTypeForm key={`${id}-${from}`} schema={isNew ? beginAs(schema, type) : schema} type={isNew ? null : (type ?? null)} />
      </div>
    </PageFrame>
  );
}
