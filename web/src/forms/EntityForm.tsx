// A form made from the API description: sections of fields, and the buttons to save or discard.
import { Button, Group, SimpleGrid } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Conflict } from './Conflict';
import { Field } from './Field';
import classes from './forms.module.css';
import type { EntityFormState } from './useEntityForm';
import { useSought } from './useSought';

export function Fields({ form, fields, columns = 2 }: { form: EntityFormState; fields: string[]; columns?: number }) {
  const known = fields.filter((field) => form.schema.properties[field]);
  return (
    <SimpleGrid cols={{ base: 1, sm: columns }} spacing="lg" verticalSpacing="sm">
      {known.map((field) => (
        <div key={field} data-setting={field}>
          <Field form={form} field={field} />
        </div>
      ))}
    </SimpleGrid>
  );
}

interface EntityFormProps {
  form: EntityFormState;
  children: ReactNode;
  submitText?: string;
  onCancel?: () => void;
  cancelText?: string;
  extraActions?: ReactNode;
}

export function EntityForm({ form, children, submitText, onCancel, cancelText, extraActions }: EntityFormProps) {
  const { t } = useTranslation();
  const element = useSought();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    void form.submit();
  };
  return (
    <form ref={element} onSubmit={submit} noValidate className={classes.form}>
      {children}
      {form.conflict && <Conflict form={form} conflict={form.conflict} />}
      <Group className={classes.actions} gap="xs">
        {extraActions}
        <span className={classes.spacer} />
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {cancelText ?? t('forms.cancel')}
          </Button>
        )}
        {!form.creating && form.dirty && (
          <Button variant="default" onClick={form.reset}>
            {t('forms.discard')}
          </Button>
        )}
        <Button type="submit" loading={form.saving} disabled={!form.creating && !form.dirty}>
          {submitText ?? (form.creating ? t('forms.create') : t('forms.save'))}
        </Button>
      </Group>
    </form>
  );
}
