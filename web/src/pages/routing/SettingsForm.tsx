// A form of a few settings.
import { Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useSaveSettings, useSettings } from '../../api/settings';
import type { Settings } from '../../api/types';
import { EntityForm } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useEntityForm, type EntityFormState } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import classes from '../settings/settings.module.css';

interface SettingsFormProps {
  fields: string[];
  children: (form: EntityFormState) => ReactNode;
}

function Form({ fields, schema, settings, children }: SettingsFormProps & { schema: EntitySchema; settings: Settings }) {
  const { t } = useTranslation();
  const store = useSaveSettings();
  const save = async (values: Values, before: Values) => {
    await store.mutateAsync({ values, before });
    notifyDone(t('forms.saved'));
  };
  const form = useEntityForm({ entity: 'settings', schema, stored: settings as Values, fields, save });
  return <EntityForm form={form}>{children(form)}</EntityForm>;
}

export function SettingsForm(props: SettingsFormProps) {
  const schema = useEntitySchema('settings', 'patch');
  const { data } = useSettings();
  if (!schema || !data) return <Loader m="xl" size="sm" />;
  return (
    <div className={classes.page}>
      <Form {...props} schema={schema} settings={data} />
    </div>
  );
}
