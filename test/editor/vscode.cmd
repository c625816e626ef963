@echo off
rem Takes the arguments of a desktop VS Code; see vscode-executable.ts.
if not defined TEST_NODE set TEST_NODE=node
"%TEST_NODE%" "%~dp0vscode-executable.ts" %*
