// Stands in for the package Petabridge.Cmd.Common: the members that public samples use, and no others.
namespace Petabridge.Cmd;

public sealed class CommandDefinition
{
    internal CommandDefinition(string name, string description, IReadOnlyList<ArgumentDefinitionBuilder> arguments) =>
        (Name, ToldDescription, ToldArguments) = (name, description, arguments);

    public string Name { get; }

    internal string ToldDescription { get; }

    internal IReadOnlyList<ArgumentDefinitionBuilder> ToldArguments { get; }
}

public sealed class CommandDefinitionBuilder
{
    private readonly List<ArgumentDefinitionBuilder> _arguments = [];
    private string _name = "";
    private string _description = "";

    public CommandDefinitionBuilder WithName(string name)
    {
        _name = name;
        return this;
    }

    public CommandDefinitionBuilder WithDescription(string description)
    {
        _description = description;
        return this;
    }

    public CommandDefinitionBuilder WithArgument(Func<ArgumentDefinitionBuilder, ArgumentDefinitionBuilder> build)
    {
        _arguments.Add(build(new()));
        return this;
    }

    public CommandDefinition Build() => new(_name, _description, _arguments);
}

public sealed class ArgumentDefinitionBuilder
{
    private readonly List<string> _switches = [];

    internal string ToldName { get; private set; } = "";

    internal string ToldDescription { get; private set; } = "";

    internal bool ToldMandatory { get; private set; }

    internal bool ToldMultiple { get; private set; }

    internal IReadOnlyList<string> ToldSwitches => _switches;

    public ArgumentDefinitionBuilder WithName(string name)
    {
        ToldName = name;
        return this;
    }

    public ArgumentDefinitionBuilder WithDescription(string description)
    {
        ToldDescription = description;
        return this;
    }

    public ArgumentDefinitionBuilder IsMandatory(bool mandatory)
    {
        ToldMandatory = mandatory;
        return this;
    }

    public ArgumentDefinitionBuilder AllowMultiple(bool multiple)
    {
        ToldMultiple = multiple;
        return this;
    }

    public ArgumentDefinitionBuilder WithSwitch(string written)
    {
        _switches.Add(written);
        return this;
    }
}

public sealed class CommandPalette(string moduleName, CommandDefinition[] commands)
{
    public string ModuleName { get; } = moduleName;

    internal CommandDefinition[] ToldCommands { get; } = commands;
}

public sealed class Command(string name, params Tuple<string, string>[] arguments)
{
    public string Name { get; } = name;

    public IEnumerable<Tuple<string, string>> Arguments { get; } = arguments;
}

public class CommandResponse(string message, bool final = true)
{
    public static readonly CommandResponse Empty = new("");

    public string Msg { get; } = message;

    public bool Final { get; } = final;

    public virtual bool IsError => false;
}

public sealed class ErroredCommandResponse(string message, bool final = true) : CommandResponse(message, final)
{
    public override bool IsError => true;
}
