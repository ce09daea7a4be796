// The settings of the whole system.
import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useSaveSettings, useSettings } from '../../api/settings';
import type { Settings as Values } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';
import { settingsGroups } from './groups';
import classes from './settings.module.css';

function Form({ schema, settings }: { schema: EntitySchema; settings: Values }) {
  const { t } = useTranslation();
  const groups = settingsGroups(schema);
  const store = useSaveSettings();

  const save = async (values: Record<string, unknown>, before: Record<string, unknown>) => {
    await store.mutateAsync({ values, before });
    const restart = Object.keys(values).some((field) => schema.properties[field]?.['x-restart']);
    notifyDone(restart ? t('settings.savedRestart') : t('forms.saved'));
  };
  const form = useEntityForm({
    entity: 'settings',
    schema,
    stored: settings as Record<string, unknown>,
    fields: groups.flatMap((group) => group.fields).filter((field) => field in schema.properties),
    save,
  });

  return (
    <EntityForm form={form}>
      {groups.map(({ id, fields, columns }) => (
        <FieldGroup key={id} title={t(`settings.group.${id}`)}>
          <Fields form={form} fields={fields} columns={columns} />
        </FieldGroup>
      ))}
    </EntityForm>
  );
}

export default function Settings() {
  const { t } = useTranslation();
  const schema = useEntitySchema('settings', 'patch');
  const settings = useSettings();
  if (settings.isError) {
    const data = { rows: [], total: 0, loading: false, error: settings.error, retry: () => void settings.refetch() };
    return (
      <PageFrame title={t('settings.title')}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || !settings.data) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={t('settings.title')}>
      <div className={classes.page}>
        <Form schema={schema} settings={settings.data} />
      </div>
    </PageFrame>
  );
}
