// One template (a device type, a provider). Supplied ones can only be copied.
import { Button, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { ENTITY_OF } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import classes from '../../forms/forms.module.css';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm, type EntityFormState } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';

const IDENTITY = ['name', 'comment'];

type Template = Values & { id: number; name: string; builtin: boolean };

export interface TemplateKind {
  collection: 'device-types' | 'providers';
  title: string;
  one: string;
  fresh: string;
  copy: string;
  suppliedHelp: string;
  /** What a template says and a new one takes from the one it is copied from. */
  options: string[];
  groups: (form: EntityFormState) => ReactNode;
  note?: (template: Template) => ReactNode;
}

/** A new template begins as the one it is copied from. */
function beginAs(schema: EntitySchema, from: Values | undefined, options: string[]): EntitySchema {
  if (!from) return schema;
  const begun = options.map((field) => [field, { ...schema.properties[field], default: from[field] }]);
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(begun) } };
}

interface FormProps {
  kind: TemplateKind;
  schema: EntitySchema;
  template: Template | null;
}

function TemplateForm({ kind, schema, template }: FormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Template>(kind.collection);
  const [remove, dialogue] = useConfirmedRemove(kind.collection);
  const save = async (values: Values) => {
    const saved = await store.mutateAsync({ id: template?.id ?? null, values });
    notifyDone(t('forms.saved'));
    if (!template) navigate(`/${kind.collection}/${saved.id}`);
  };
  const form = useEntityForm({ entity: ENTITY_OF[kind.collection], schema, stored: template, fields: [...IDENTITY, ...kind.options], save });
  const removeTemplate = async () => {
    if (template && (await remove([template]))) navigate(`/${kind.collection}`);
  };
  const fields = (
    <>
      <FieldGroup title={kind.one}>
        <Fields form={form} fields={IDENTITY} />
      </FieldGroup>
      {kind.groups(form)}
    </>
  );
  if (template?.builtin)
    return (
      <fieldset disabled className={classes.readOnly}>
        {fields}
      </fieldset>
    );
  return (
    <EntityForm
      form={form}
      extraActions={
        template && (
          <Button variant="subtle" color="red" onClick={() => void removeTemplate()}>
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

export function TemplateEditor({ kind }: { kind: TemplateKind }) {
  const { id = 'new' } = useParams();
  const [params] = useSearchParams();
  const from = params.get('from');
  const isNew = id === 'new';
  const schema = useEntitySchema(ENTITY_OF[kind.collection], isNew ? 'create' : 'patch');
  const read = isNew ? from : id;
  const { data: template, ...query } = useItem<Template>(kind.collection, read ? Number(read) : null);

  const up = { to: `/${kind.collection}`, text: kind.title };
  if (query.isError) {
    const data = { rows: [], total: 0, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={kind.one} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (read && !template)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame
      title={isNew || !template ? kind.fresh : template.name}
      up={up}
      actions={
        !isNew && (
          <Button component={Link} variant="default" to={`/${kind.collection}/new?from=${id}`}>
            {kind.copy}
          </Button>
        )
      }
    >
      <div className="panel" style={{ padding: 'var(--mantine-spacing-md)' }}>
        {!isNew && template && kind.note?.(template)}
        {!isNew && template?.builtin && (
          <Text c="dimmed" mb="sm">
            {kind.suppliedHelp}
          </Text>
        )}
        <TemplateForm
          key={`${id}-${from}`}
          kind={kind}
          schema={isNew ? beginAs(schema, template, kind.options) : schema}
          template={isNew ? null : (template ?? null)}
        />
      </div>
    </PageFrame>
  );
}
