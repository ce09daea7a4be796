// One provider: the template of its lines (LIN-2).
import { useTranslation } from 'react-i18next';
import { Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import { ALL_OPTIONS, CommonOptions, NUMBER_OPTIONS, REGISTER_OPTIONS, SERVER_OPTIONS } from '../lines/LineOptions';
import { TemplateEditor } from '../templates/TemplateEditor';
import { ProviderNote } from './ProviderNote';

export default function ProviderEditor() {
  const { t } = useTranslation();
  return (
    <TemplateEditor
      kind={{
        collection: 'providers',
        title: t('providers.title'),
        one: t('providers.one'),
        fresh: t('providers.new'),
        copy: t('providers.copy'),
        suppliedHelp: t('providers.suppliedHelp'),
        options: ALL_OPTIONS,
        note: ({ name, basis }) => <ProviderNote name={name} basis={String(basis)} />,
        groups: (form) => (
          <>
            <FieldGroup title={t('lines.group.provider')}>
              <Fields form={form} fields={SERVER_OPTIONS} />
            </FieldGroup>
            <FieldGroup title={t('lines.group.login')}>
              <Fields form={form} fields={['auth', ...REGISTER_OPTIONS]} />
            </FieldGroup>
            <FieldGroup title={t('lines.group.numbers')}>
              <Fields form={form} fields={NUMBER_OPTIONS} />
            </FieldGroup>
            <CommonOptions form={form} />
          </>
        ),
      }}
    />
  );
}
