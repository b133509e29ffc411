# What every page has.
service-name = Madoguchi
service-tagline = Solicitações on-line com assinatura eletrônica
skip-to-content = Ir para o conteúdo principal
title-error = Erro:{" "}
language-choice = Idioma
sign-out = Sair
nav-label = Páginas principais
nav-procedures = Procurar um procedimento
nav-status = Consultar a solicitação
nav-verify = Verificar uma assinatura
nav-account = Minha página
footer-privacy = O que você digita fica guardado por pouco tempo, ligado a este navegador, até você assinar e enviar, e depois é apagado automaticamente. Sua senha nunca é enviada a este site.
footer-privacy-more = Como tratamos os dados pessoais
footer-help = Como usar este serviço
footer-problems = Explicação das mensagens de erro
footer-api = API para desenvolvedores
footer-agency = Para funcionários de órgãos públicos
error-summary-title = Há um problema. Verifique
field-required = Obrigatório
field-optional = Opcional
field-error-prefix = Erro:{" "}
field-left = Você ainda pode digitar # caracteres
field-over = Passou # caracteres do limite
select-choose = Escolha uma opção
files-count = { $count ->
    [one] { $count } arquivo
   *[other] { $count } arquivos
}
