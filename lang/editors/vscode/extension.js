// Starts `ad lsp` and lets VS Code talk to it. Everything else is in the server.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const [command, ...args] = workspace.getConfiguration("adlang").get("command");
  client = new LanguageClient(
    "adlang",
    "adlang",
    { command, args },
    { documentSelector: [{ language: "adlang" }] },
  );
  return client.start();
};

exports.deactivate = () => client?.stop();
