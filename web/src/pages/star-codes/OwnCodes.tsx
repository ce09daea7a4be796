// What can be dialled besides numbers, for everybody: to be read and to be printed.
import { Button, Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStarCodes } from '../../api/starCodes';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import classes from './starCodes.module.css';
import { codeHelp, codeLabel, FIXED_PIN_CODE } from './starCodes';

export default function OwnCodes() {
  const { t } = useTranslation();
  const codes = useStarCodes();
  if (codes.isPending) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={t('starCodes.own')}>
      <div className={classes.bar}>
        <Button variant="default" leftSection={<Icon name="print" size={15} />} onClick={() => window.print()}>
          {t('starCodes.print')}
        </Button>
      </div>
      <div className={`panel ${classes.box}`}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('starCodes.code')}</th>
              <th scope="col">{t('starCodes.does')}</th>
            </tr>
          </thead>
          <tbody>
            {(codes.data ?? [])
              .filter(({ code }) => code)
              .map((one) => (
                <tr key={one.field}>
                  <td className={classes.code}>
                    {one.code}
                    {one.takes === 'nothing' ? '' : ' …'}
                  </td>
                  <td>
                    {codeLabel(one)}
                    {codeHelp(one) && <Text span c="dimmed"> · {codeHelp(one)}</Text>}
                  </td>
                </tr>
              ))}
            <tr>
              <td className={classes.code}>{FIXED_PIN_CODE} …</td>
              <td>{t('starCodes.pin')}</td>
            </tr>
          </tbody>
        </table>
      </div>
    </PageFrame>
  );
}
