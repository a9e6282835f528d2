using SpikeTrail.Actors.Configuration;
using SpikeTrail.Host.Commands;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Tests.Commands;

public sealed class CommandEndpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-endpoint-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void By_default_only_this_machine_can_give_commands() =>
        Assert.Equal(new CommandEndpoint("127.0.0.1", CommandEndpoint.DefaultPort), Read(""));

    [Fact]
    public void A_secret_lets_others_in()
    {
        File.WriteAllText(Path.Combine(_folder, "secret"), "a secret for this test\n");

        var endpoint = Read("host = \"0.0.0.0\", port = 0, secret-file = secret");

        Assert.Equal("0.0.0.0:0", $"{endpoint.Resolve()}");
        Assert.True(endpoint.Secret!.Accepts("x", new SharedSecret("a secret for this test").Prove("x")));
    }

    [Fact]
    public void Certificates_of_clients_let_others_in_and_encryption_alone_does_not()
    {
        var (key, _) = TestCertificates.Write(_folder, "node");

        Assert.Throws<InputException>(() => Read($"host = \"0.0.0.0\", tls.certificate = \"{key}\""));
        Assert.Equal("0.0.0.0:9110", $"{Read($"host = \"0.0.0.0\", tls {{ certificate = \"{key}\", client-authority = \"{key}\" }}").Resolve()}");
    }

    [Theory]
    [InlineData("port = 65536", "node.conf: spiketrail.commands.port: expected a whole number from 0 to 65535, found \"65536\"")]
    [InlineData("hots = \"::1\"", "node.conf: spiketrail.commands.hots: unknown key; did you mean host? (known here: host, port, secret-file, tls)")]
    [InlineData("host = \"not a host\"", "node.conf: spiketrail.commands.host: expected an address or a name of this machine, found \"not a host\"")]
    [InlineData("tls.client-authority = a.pem", "node.conf: spiketrail.commands.tls.client-authority: expected none where tls.certificate is none")]
    [InlineData("tls.password-file = a", "node.conf: spiketrail.commands.tls.password-file: expected none where tls.certificate is none")]
    public void A_value_that_cannot_be_used_is_named(string text, string refusal) =>
        Assert.Equal(refusal, Assert.Throws<InputException>(() => Read(text)).Message);

    [Theory]
    [InlineData("secret-file = nowhere", "nowhere: there is no such file")]
    [InlineData("tls.certificate = nowhere.pem", "nowhere.pem: there is no such file")]
    [InlineData("tls.certificate = garbage", "garbage: cannot be read as a certificate with its key, PKCS#12 or PEM: ")]
    [InlineData("secret-file = garbage", "garbage: expected a secret of 16 to 4096 characters")]
    public void A_file_that_cannot_be_used_is_named(string text, string refusal)
    {
        File.WriteAllText(Path.Combine(_folder, "garbage"), "garbage");

        Assert.Contains(refusal, Assert.Throws<InputException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a password")]
    public void A_certificate_is_read_from_pkcs12_and_from_pem_with_its_password(string? password)
    {
        var (pem, pkcs12) = TestCertificates.Write(_folder, "node", password);
        var file = password is null ? null : Path.Combine(_folder, "password");
        if (file is not null)
        {
            File.WriteAllText(file, $"{password}\n");
        }

        Assert.True(Certificates.ReadWithKey(pem, file).HasPrivateKey);
        Assert.True(Certificates.ReadWithKey(pkcs12, file).HasPrivateKey);
    }

    [Fact]
    public void A_wrong_password_is_told()
    {
        var (_, pkcs12) = TestCertificates.Write(_folder, "node", "a password");
        var file = Path.Combine(_folder, "password");
        File.WriteAllText(file, "another");

        Assert.StartsWith(
            $"{pkcs12}: cannot be read as a certificate with its key, PKCS#12 or PEM, with the given password: ",
            Assert.Throws<InputException>(() => Certificates.ReadWithKey(pkcs12, file)).Message,
            StringComparison.Ordinal);
    }

    private CommandEndpoint Read(string text)
    {
        using var stream = typeof(HoconSection).Assembly.GetManifestResourceStream("hocon/node.conf")!;
        using var reader = new StreamReader(stream);
        var reference = HoconDocument.Parse(reader.ReadToEnd(), "hocon/node.conf");
        return CommandEndpoint.Read(
            HoconSection.Open(HoconDocument.Parse($"spiketrail.commands {{ {text} }}", "node.conf", _folder), reference).Section("spiketrail").Section("commands"));
    }
}
